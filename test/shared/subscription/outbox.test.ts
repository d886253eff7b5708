import { describe, expect, test } from 'vitest'
import { Fault } from '../../../shared/faults/fault.ts'
import { TriageMessage } from '../../../shared/incident/messages.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { MAX_MESSAGE_BYTES, type Queue } from '../../../shared/runtime/queue.ts'
import { deadLetterKeeper } from '../../../shared/subscription/dead-letter.ts'
import { outbox } from '../../../shared/subscription/outbox.ts'
import { memoryBlobs } from '../../fakes/memory-blobs.ts'
import { memoryQueue } from '../../fakes/memory-queue.ts'
import { ownDoor } from '../../fakes/own-door.ts'
import { aFault } from './supervised.ts'

const fault = (changes: object = {}) =>
  ownDoor.clear(
    Fault.parse({
      ...aFault(),
      cluster: 'east',
      receivedAt: '2026-01-12T09:00:00Z',
      source: 'notification',
      ...changes,
    }),
  )

function parts(send: Queue['send'] | undefined = undefined) {
  const queue = memoryQueue()
  const blobs = memoryBlobs()
  const log = createLog('silent', () => {})
  const aside = deadLetterKeeper({ deadLetters: blobs, clock: systemClock, log })
  const out = outbox({
    queue: { send: send ?? queue.send },
    deadLetter: aside,
    door: ownDoor,
    clock: systemClock,
    random: () => 0.5,
    log,
  })
  const messages = () => queue.messages.map(({ body }) => TriageMessage.parse(JSON.parse(body)))
  return { queue, blobs, aside, out, messages }
}

describe('the outbox', () => {
  test('waits at most 200 ms for company', async () => {
    const { out, queue } = parts()
    out.add(fault())
    await new Promise((resolve) => setTimeout(resolve, 100))
    out.add(fault())
    expect(queue.messages).toHaveLength(0)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(queue.messages).toHaveLength(1)
  })

  test('hides what one cluster tells beyond its pace, and nothing of another', async () => {
    const sent: { readonly body: string; readonly delay: number }[] = []
    const { out } = parts(async (body, options) => void sent.push({ body, delay: options?.delaySeconds ?? 0 }))
    for (let at = 0; at < 2_000; at++) out.add(fault({ context: '' }))
    out.add(fault({ cluster: 'west', context: '' }))
    await out.drain(1_000)
    const faultsOf = (body: string) => JSON.parse(body).faults as { cluster: string }[]
    const all = sent.flatMap(({ body, delay }) => faultsOf(body).map(({ cluster }) => ({ cluster, delay })))
    expect(all).toHaveLength(2_001)
    expect(all.filter(({ delay }) => delay > 0).length).toBeGreaterThan(1_200)
    expect(all.find(({ cluster }) => cluster === 'west')).toEqual({ cluster: 'west', delay: 0 })
  })

  test('fills messages up to their size and their number, and no further', async () => {
    const { out, queue, messages } = parts()
    for (let at = 0; at < 450; at++) out.add(fault({ context: '' }))
    for (let at = 0; at < 60; at++) out.add(fault({ context: 'é'.repeat(3_900) }))
    await out.drain(1_000)
    const counts = messages().map((one) => (one.type === 'faults' ? one.faults.length : 0))
    expect(counts.reduce((sum, count) => sum + count)).toBe(510)
    expect(Math.max(...counts)).toBeLessThanOrEqual(200)
    for (const { body } of queue.messages) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
    expect(counts.length).toBeLessThan(25)
  })

  test('tries again until the queue takes it', async () => {
    const sent: string[] = []
    let failures = 3
    const { out } = parts(async (body) => {
      failures -= 1
      if (failures >= 0) throw new Error('503')
      sent.push(body)
    })
    out.add(fault())
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(sent).toHaveLength(1)
  })

  test('writes down what the queue never took, each fault of it', async () => {
    const { out, aside, blobs } = parts(async () => {
      throw new Error('503')
    })
    for (let at = 0; at < 5; at++) out.add(fault())
    await out.drain(100)
    await aside.settled()
    const [name] = blobs.names()
    const letter = JSON.parse((await blobs.read(name!, 1_000_000))!.text)
    expect(letter).toMatchObject({ queue: 'faults', reason: expect.stringContaining('before the queue took it') })
    expect(letter.body.faults).toHaveLength(5)
  })

  test('writes down what is on its way to a queue that never answers', async () => {
    const { out, aside, blobs } = parts(() => new Promise(() => {}))
    out.add(fault())
    await out.drain(50)
    await aside.settled()
    expect(blobs.names()).toHaveLength(1)
  })
})
