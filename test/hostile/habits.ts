import type { ServerResponse } from 'node:http'
import { expect } from 'vitest'
import { aFault, type House, until } from '../shared/subscription/supervised.ts'
import type { Server } from './stage.ts'

/** Other tests run beside these, on machines of all kinds. */
const PATIENCE_MS = 60_000

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
export const row = (home: House, name = 'east') => home.row(name)
export const isSubscribed =
  (home: House, name = 'east') =>
  () =>
    row(home, name).status === 'active' && row(home, name).source === 'subscribed'
export const subscribed = (home: House, name = 'east') =>
  until(`${name} is subscribed`, isSubscribed(home, name), PATIENCE_MS)
export const finds = (home: House, pod = 'web-1') =>
  until(`a look finds ${pod}`, () => home.faults().some(({ resource }) => resource.name === pod), PATIENCE_MS)
export async function hears(home: House, server: Server): Promise<void> {
  const fault = aFault()
  await until('it is sent', () => server.emit(fault) > 0)
  await until('it is heard', () => home.faults().some(({ faultId }) => faultId === fault.faultId), PATIENCE_MS)
}
export const oneSession = (server: Server) => expect(server.count('initialize')).toBe(1)
export const eventStream = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' })

export type Row = readonly [string, () => Promise<void>]
/** Most of each is waiting; more at once than this, and they would wait for each other. */
const AT_ONCE = 8

/** Each habit with a server and a supervisor of its own; what fails is said by its name. */
export async function inTurns(rows: readonly Row[]): Promise<void> {
  const failed: string[] = []
  const left = [...rows]
  const one = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      await next[1]().catch((error: unknown) => failed.push(`${next?.[0]}: ${String(error).slice(0, 500)}`))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  expect(failed).toEqual([])
}
