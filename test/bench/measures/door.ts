import process from 'node:process'
import { foreignDoor } from '../../../shared/kubernetes/foreign-door.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { aNotice } from '../notice.ts'
import { type Row, row } from '../row.ts'
import type { Plan } from './plan.ts'

/** Enough for a second or so, and more names than the door remembers. */
const FAULTS = 5_000
/** Words of secrets without one: what makes the most work and hides nothing. */
const TALKATIVE = 'token expired, password authentication failed for user "shop", secret shop/db has no key api-key. '

const plain = (index: number) => aNotice(`${index}-${index * 7919}`, 'sub-1')
const talkative = (index: number) => {
  const notice = plain(index)
  return { ...notice, data: { ...notice.data, context: `${TALKATIVE.repeat(3)}${notice.data.context}` } }
}

/** Microseconds of this thread's processor for one fault: the machine's other work does not count. */
function cost(make: (index: number) => unknown, act: (given: unknown) => unknown): number {
  const given = Array.from({ length: FAULTS }, (_, index) => make(index))
  for (const one of given.slice(0, FAULTS / 10)) act(one)
  const before = process.threadCpuUsage()
  for (const one of given) act(one)
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / FAULTS
}

/** What the door for everything foreign costs, beside what each fault costs anyway: to be read from JSON and written again. */
export async function door({ runs, say }: Plan): Promise<readonly Row[]> {
  say('the door')
  const rows: Row[] = []
  for (const [name, make, atMostOfFloor] of [
    ['a plain fault', plain, 12],
    ['a fault that speaks of tokens and passwords', talkative, 48],
  ] as const) {
    const tries = Array.from({ length: runs }, () => {
      const { clear } = foreignDoor(createRedactor({ key: 'the key of this measure' }))
      const floor = cost(make, (given) => JSON.parse(JSON.stringify(given)))
      return { floor, value: cost(make, clear) }
    }).sort((one, other) => one.value / one.floor - other.value / other.floor)
    const middle = tries[Math.floor(tries.length / 2)]
    const [least, most] = [tries[0], tries.at(-1)].map((one) => (one === undefined ? 0 : one.value / one.floor))
    if (middle === undefined) continue
    const spread = ((most ?? 0) - (least ?? 0)) / (middle.value / middle.floor)
    rows.push(row(`the door, ${name}`, 'µs', { ...middle, spread }, { atMostOfFloor }))
  }
  return rows
}
