import type { PipelinePolicy } from '@azure/core-rest-pipeline'
import { TableClient, type TableEntity, type TransactionAction } from '@azure/data-tables'
import { Refused } from '../runtime/errors.ts'
import { randomId } from '../runtime/ids.ts'
import type { Fields, Row, Table, Value } from '../runtime/table.ts'
import { codeOf, storageFailure } from './failure.ts'
import { patientClient } from './patient-client.ts'
import { type StoragePlace, storageDeadline, storageRetries, transferDeadline } from './storage-place.ts'
import { fieldValue, literal, rowKeyRange, stored } from './table-values.ts'

/** The service's limit for one transaction. */
const MAX_BATCH = 100
/** The service's largest page. */
const PAGE = 1_000
const MAX_ROWS = 10_000
/** A filter that finds little still gets a page per 1,000 rows looked at: a million rows is a table we never meant to have. */
const MAX_PAGES = 1_000

export function tableClient(place: StoragePlace, name: string): TableClient {
  const { maxTries, ...delays } = storageRetries
  const retryOptions = { ...delays, maxRetries: maxTries - 1 }
  const common = {
    retryOptions,
    httpClient: patientClient,
    additionalPolicies: [{ policy: counting, position: 'perRetry' as const }],
  }
  if (place.by === 'identity') return new TableClient(place.tableUri, name, place.credential, common)
  const allowInsecureConnection = /UseDevelopmentStorage=true|TableEndpoint=http:/i.test(place.connectionString)
  return TableClient.fromConnectionString(place.connectionString, name, { ...common, allowInsecureConnection })
}

/** How often each operation was sent: once, and its refusal is what it says. The signal is the operation's own. */
const sent = new WeakMap<object, number>()
const counting: PipelinePolicy = {
  name: 'countTries',
  sendRequest: (request, next) => {
    const { abortSignal } = request
    if (abortSignal !== undefined) sent.set(abortSignal, (sent.get(abortSignal) ?? 0) + 1)
    return next(request)
  },
}

/**
 * A conditional write whose answer was lost is sent again by the library and then finds its own work, as if somebody
 * else had been first. Each write therefore leaves a mark of its own in the row, and what was sent more than once is
 * read before its refusal is believed.
 */
export function azureTable(client: TableClient): Table {
  const { tableName } = client
  const options = () => ({ abortSignal: storageDeadline() })
  const refused = async <T>(what: string, codes: readonly string[], act: () => Promise<T>) => {
    try {
      return await act()
    } catch (error) {
      if (codes.includes(codeOf(error))) return undefined
      throw storageFailure(`${what} in table ${tableName}`, error)
    }
  }
  const get = (partition: string, key: string) =>
    refused('read a row', [missing], async () => {
      checkKeys(partition, key)
      return client.getEntity<Record<string, unknown>>(partition, key, options())
    })
  /** Our own row, when the refusal was of our own repetition. */
  const own = async (signal: AbortSignal, mark: string, { partition, key }: Place): Promise<Row | undefined> => {
    if (sent.get(signal) === 1) return undefined
    const there = await get(partition, key)
    return there?.[MARK] === mark ? row(there) : undefined
  }
  /** Of one batch, which is there in whole or not at all. */
  const ownBatch = async (signal: AbortSignal, mark: string, places: readonly Place[]) => {
    const [first] = places
    if (first === undefined || (await own(signal, mark, first)) === undefined) return undefined
    const found: (Row | undefined)[] = []
    for (const place of places) found.push(await own(signal, mark, place))
    return found.every((one) => one !== undefined) ? found : undefined
  }
  return {
    get: async (partition, key) => {
      const found = await get(partition, key)
      return found && row(found)
    },
    insert: async (partition, key, fields) => {
      const mark = randomId()
      const { abortSignal } = options()
      const made = await refused('insert a row', ['EntityAlreadyExists'], async () => {
        const { etag } = await client.createEntity(entity(partition, key, fields, mark), { abortSignal })
        return written(partition, key, fields, etag)
      })
      return made ?? own(abortSignal, mark, { partition, key })
    },
    replace: async ({ partition, key, etag: old }, fields) => {
      const mark = randomId()
      const { abortSignal } = options()
      const made = await refused('replace a row', stale, async () => {
        const change = entity(partition, key, fields, mark)
        const { etag } = await client.updateEntity(change, 'Replace', { abortSignal, etag: old })
        return written(partition, key, fields, etag)
      })
      return made ?? own(abortSignal, mark, { partition, key })
    },
    replaceAll: async (writes) => {
      if (writes.length === 0) return []
      if (writes.length > MAX_BATCH)
        throw new Error(`${writes.length} rows in one transaction, ${MAX_BATCH} is the most`)
      const mark = randomId()
      const { abortSignal } = options()
      const actions = writes.map(
        ({ row: { partition, key, etag }, fields }): TransactionAction => [
          'update',
          entity(partition, key, fields, mark),
          'Replace',
          { etag },
        ],
      )
      const made = await refused(`replace ${writes.length} rows`, stale, async () => {
        const { subResponses } = await client.submitTransaction(actions, { abortSignal })
        return writes.map(({ row: { partition, key }, fields }, at) =>
          written(partition, key, fields, subResponses[at]?.etag),
        )
      })
      const places = writes.map((one) => one.row)
      return made ?? ownBatch(abortSignal, mark, places)
    },
    remove: async ({ partition, key, etag }) => {
      try {
        await client.deleteEntity(partition, key, { ...options(), etag })
        return true
      } catch (error) {
        const code = codeOf(error)
        if (code === missing) return true
        if (stale.includes(code)) return false
        throw storageFailure(`remove a row in table ${tableName}`, error)
      }
    },
    list: async ({ partition, afterPartition, fromKey, toKey, filter = {}, below = {}, limit }) => {
      if (!(limit >= 1 && limit <= MAX_ROWS)) throw new Error(`a list of ${limit} rows: ask for 1 to ${MAX_ROWS}`)
      const conditions = [
        ...(partition === undefined ? [] : [`PartitionKey eq ${literal(partition)}`]),
        ...(afterPartition === undefined ? [] : [`PartitionKey gt ${literal(afterPartition)}`]),
        ...rowKeyRange(fromKey, toKey),
        ...Object.entries(filter).map(([name, value]) => `${fieldName(name)} eq ${literal(value)}`),
        ...Object.entries(below).map(([name, value]) => `${fieldName(name)} lt ${literal(value)}`),
      ]
      if (conditions.length > MAX_COMPARISONS)
        throw new Error(`${conditions.length} comparisons in one question to a table, ${MAX_COMPARISONS} is the most`)
      const queryOptions = conditions.length === 0 ? {} : { filter: conditions.join(' and ') }
      const pages = client
        .listEntities<Record<string, unknown>>({ queryOptions, abortSignal: transferDeadline() })
        .byPage({ maxPageSize: Math.min(PAGE, limit) })
      const rows: Row[] = []
      let read = 0
      try {
        for await (const page of pages) {
          for (const one of page) rows.push(row(one))
          if (rows.length >= limit) return rows.slice(0, limit)
          read += 1
          if (read >= MAX_PAGES) throw new Error(`the list takes over ${MAX_PAGES} pages`)
        }
      } catch (error) {
        throw storageFailure(`list table ${tableName}`, error)
      }
      return rows
    },
  }
}

type Place = Pick<Row, 'partition' | 'key'>
/** https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities: Azurite takes any number. */
const MAX_COMPARISONS = 15
const missing = 'ResourceNotFound'
/** Somebody else wrote or removed the row. */
const stale: readonly string[] = [missing, 'UpdateConditionNotSatisfied', 'ConditionNotMet', 'EntityNotFound']
/** The column of the last write's mark; no part of the fields. */
const MARK = 'wrote'

/** What the service answers with a bare 400, said in words and before the network. */
function checkKeys(partition: string, key: string): void {
  for (const part of [partition, key]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what the service forbids.
    if (part.length > 512 || /[/\\#?\u0000-\u001f\u007f-\u009f]/.test(part))
      throw new Refused(
        `not a key for a table (over 512 characters, or one of / \\ # ? or control): ${part.slice(0, 80)}`,
      )
  }
}

const taken = ['PartitionKey', 'RowKey', 'Timestamp', 'partitionKey', 'rowKey', 'timestamp', 'etag', MARK]
function fieldName(name: string): string {
  if (taken.includes(name) || !/^[A-Za-z_]\w{0,254}$/.test(name)) throw new Error(`not a name for a field: ${name}`)
  return name
}

function entity(
  partitionKey: string,
  rowKey: string,
  fields: Fields,
  mark: string,
): TableEntity<Record<string, unknown>> {
  checkKeys(partitionKey, rowKey)
  const values = Object.entries(fields).map(([name, value]) => [fieldName(name), stored(name, value)] as const)
  return { ...Object.fromEntries(values), [MARK]: mark, partitionKey, rowKey }
}

function written(partition: string, key: string, fields: Fields, etag: string | undefined): Row {
  if (etag === undefined) throw new Error(`the table service gave no etag for ${partition}/${key}`)
  return { partition, key, etag, fields: Object.freeze({ ...fields }) }
}

type Read = { readonly partitionKey?: string; readonly rowKey?: string; readonly etag: string }
function row({ partitionKey = '', rowKey = '', etag, ...rest }: Read): Row {
  const fields: Record<string, Value> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (taken.includes(name) || name.startsWith('odata.')) continue
    const known = fieldValue(value)
    if (known !== undefined) fields[name] = known
  }
  return { partition: partitionKey, key: rowKey, etag, fields }
}
