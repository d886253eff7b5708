import { TableClient, type TableEntity, type TransactionAction } from '@azure/data-tables'
import type { Fields, Row, Table, Value } from '../runtime/table.ts'
import { statusOf } from './failure.ts'
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
  if (place.by === 'identity') return new TableClient(place.tableUri, name, place.credential, { retryOptions })
  const allowInsecureConnection = /UseDevelopmentStorage=true|TableEndpoint=http:/i.test(place.connectionString)
  return TableClient.fromConnectionString(place.connectionString, name, { retryOptions, allowInsecureConnection })
}

/**
 * A conditional write whose answer was lost is tried again by the library and then finds its own work: it comes back as
 * `undefined`, as if somebody else had been first. Callers treat that as "not mine", which is always safe.
 */
export function azureTable(client: TableClient): Table {
  const options = () => ({ abortSignal: storageDeadline() })
  return {
    get: (partition, key) =>
      unless([404], async () => {
        checkKeys(partition, key)
        return row(await client.getEntity<Record<string, unknown>>(partition, key, options()))
      }),
    insert: (partition, key, fields) =>
      unless([409], async () => {
        const { etag } = await client.createEntity(entity(partition, key, fields), options())
        return written(partition, key, fields, etag)
      }),
    replace: ({ partition, key, etag: old }, fields) =>
      unless([404, 412], async () => {
        const change = entity(partition, key, fields)
        const { etag } = await client.updateEntity(change, 'Replace', { ...options(), etag: old })
        return written(partition, key, fields, etag)
      }),
    replaceAll: async (writes) => {
      if (writes.length === 0) return []
      if (writes.length > MAX_BATCH)
        throw new Error(`${writes.length} rows in one transaction, ${MAX_BATCH} is the most`)
      const actions = writes.map(
        ({ row: { partition, key, etag }, fields }): TransactionAction => [
          'update',
          entity(partition, key, fields),
          'Replace',
          { etag },
        ],
      )
      return unless([404, 412], async () => {
        const { subResponses } = await client.submitTransaction(actions, options())
        return writes.map(({ row: { partition, key }, fields }, at) =>
          written(partition, key, fields, subResponses[at]?.etag),
        )
      })
    },
    remove: async ({ partition, key, etag }) => {
      try {
        await client.deleteEntity(partition, key, { ...options(), etag })
        return true
      } catch (error) {
        if (statusOf(error) === 404) return true
        if (statusOf(error) === 412) return false
        throw error
      }
    },
    list: async ({ partition, fromKey, toKey, filter = {}, below = {}, limit }) => {
      if (!(limit >= 1 && limit <= MAX_ROWS)) throw new Error(`a list of ${limit} rows: ask for 1 to ${MAX_ROWS}`)
      const conditions = [
        ...(partition === undefined ? [] : [`PartitionKey eq ${literal(partition)}`]),
        ...rowKeyRange(fromKey, toKey),
        ...Object.entries(filter).map(([name, value]) => `${fieldName(name)} eq ${literal(value)}`),
        ...Object.entries(below).map(([name, value]) => `${fieldName(name)} lt ${literal(value)}`),
      ]
      const queryOptions = conditions.length === 0 ? {} : { filter: conditions.join(' and ') }
      const pages = client
        .listEntities<Record<string, unknown>>({ queryOptions, abortSignal: transferDeadline() })
        .byPage({ maxPageSize: Math.min(PAGE, limit) })
      const rows: Row[] = []
      let read = 0
      for await (const page of pages) {
        for (const one of page) rows.push(row(one))
        if (rows.length >= limit) return rows.slice(0, limit)
        read += 1
        if (read >= MAX_PAGES) throw new Error(`table ${client.tableName}: the list takes over ${MAX_PAGES} pages`)
      }
      return rows
    },
  }
}

async function unless<T>(statuses: readonly number[], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined
    throw error
  }
}

/** What the service answers with a bare 400, said in words and before the network. */
function checkKeys(partition: string, key: string): void {
  for (const part of [partition, key]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what the service forbids.
    if (part.length > 512 || /[/\\#?\u0000-\u001f\u007f-\u009f]/.test(part))
      throw new Error(
        `not a key for a table (over 512 characters, or one of / \\ # ? or control): ${part.slice(0, 80)}`,
      )
  }
}

const taken = ['PartitionKey', 'RowKey', 'Timestamp', 'partitionKey', 'rowKey', 'timestamp', 'etag']
function fieldName(name: string): string {
  if (taken.includes(name) || !/^[A-Za-z_]\w{0,254}$/.test(name)) throw new Error(`not a name for a field: ${name}`)
  return name
}

function entity(partitionKey: string, rowKey: string, fields: Fields): TableEntity<Record<string, unknown>> {
  checkKeys(partitionKey, rowKey)
  const values = Object.entries(fields).map(([name, value]) => [fieldName(name), stored(name, value)] as const)
  return { ...Object.fromEntries(values), partitionKey, rowKey }
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
