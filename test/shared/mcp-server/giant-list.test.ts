import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'
import { type KindState, watchKind } from '../../../shared/mcp-server/faults/kind-watch.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { crashLooping, webPod } from './pods.ts'
import { until } from './setup.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const held = (): number => {
  collect()
  return process.memoryUsage().heapUsed
}

test('a list without an end is cut with a word, and its memory comes back', { timeout: 60_000 }, async () => {
  const before = held()
  const ended = new AbortController()
  const states: KindState[] = []
  let pages = 0
  let kept: readonly KubeObject[] | undefined
  const done = watchKind({
    api: {
      list: async () => {
        const page = pages++
        const items = Array.from({ length: 500 }, (_, at) =>
          webPod(`uid-${page}-${at}`, crashLooping, { name: `web-${page}-${at}` }),
        ) as unknown as KubeObject[]
        return { items, resourceVersion: '1', continueToken: `page-${page}` }
      },
      watch: async (_kind, _from, _seen, signal) =>
        new Promise<void>((over) => signal?.addEventListener('abort', () => over(), { once: true })),
    },
    kind: { apiVersion: 'v1', kind: 'Pod' },
    clock: systemClock,
    random: () => 0.5,
    signal: ended.signal,
    retryMs: 15,
    onState: (state) => states.push(state),
    onList: (objects) => {
      kept = objects
    },
    onChange: () => {},
  })
  await until(() => states.length > 0, 'the state')
  expect(states).toEqual([{ state: 'watching', cut: 'only the first 20000 are looked at: there are more' }])
  expect(pages).toBe(40)
  expect(kept).toHaveLength(20_000)
  const full = held()
  kept = undefined
  ended.abort()
  await done
  // A tenth of what it took: what a test's own machinery keeps.
  expect(held() - before).toBeLessThan(Math.max(4_000_000, (full - before) / 10))
})
