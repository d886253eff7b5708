import type { Blobs } from '../../shared/runtime/blobs.ts'
import type { Queue } from '../../shared/runtime/queue.ts'
import type { Table } from '../../shared/runtime/table.ts'
import type { Mortal } from './mortal.ts'

/** The ports as one process sees them: each call may go wrong. */
export const tableOf = (who: Mortal, name: string, table: Table): Table => ({
  get: (partition, key) => who.call(`${name}.get ${key}`, () => table.get(partition, key)),
  insert: (partition, key, fields) => who.call(`${name}.insert ${key}`, () => table.insert(partition, key, fields)),
  replace: (row, fields) => who.call(`${name}.replace ${row.key} ${row.etag}`, () => table.replace(row, fields)),
  replaceAll: (writes) => who.call(`${name}.replaceAll ${writes.length}`, () => table.replaceAll(writes)),
  remove: (row) => who.call(`${name}.remove ${row.key}`, () => table.remove(row)),
  list: (query) => who.call(`${name}.list ${query.partition ?? 'all'}`, () => table.list(query)),
})

export const queueOf = (who: Mortal, name: string, queue: Queue): Queue => ({
  send: (body, options) => who.call(`${name}.send ${body.slice(0, 120)}`, () => queue.send(body, options)),
  length: () => who.call(`${name}.length`, () => queue.length()),
})

export const blobsOf = (who: Mortal, name: string, blobs: Blobs): Blobs => ({
  ...blobs,
  read: (blob, most) => who.call(`${name}.read ${blob}`, () => blobs.read(blob, most)),
  readBytes: (blob, most) => who.call(`${name}.readBytes ${blob}`, () => blobs.readBytes(blob, most)),
  info: (blob) => who.call(`${name}.info ${blob}`, () => blobs.info(blob)),
  write: (blob, content, condition) => who.call(`${name}.write ${blob}`, () => blobs.write(blob, content, condition)),
})
