import type { IncidentStore } from '../../shared/incident/store.ts'
import type { Options } from './simulate.ts'

/** An incident whose fence nobody looks at: whatever attempt speaks, it is believed. */
const withoutFence = (store: IncidentStore): IncidentStore => ({
  ...store,
  move: (stored, to, { fence: _, ...move }) => store.move(stored, to, move),
})
/** The report stage takes any attempt's result for the current one's. */
const anyAttempt = (store: IncidentStore, fence: number): IncidentStore => ({
  ...withoutFence(store),
  current: async (id) => {
    const stored = await store.current(id)
    return stored === undefined ? undefined : { ...stored, incident: { ...stored.incident, fence } }
  },
  update: async (stored, changes, step) => store.update(stored, changes, step),
})

export type Mutation = {
  readonly what: string
  readonly options: Options
  /** What the checker must say, in at least one schedule. */
  readonly caught: RegExp
}

/** The product with one of its safeguards taken away, in a climate where that safeguard is needed. */
export const mutations: readonly Mutation[] = [
  {
    what: 'the fence of an attempt',
    options: {
      reportStoreOf: anyAttempt,
      climate: { kind: 'work', impostors: 0.3 },
    },
    caught: /fence|attempt|shows/,
  },
  { what: 'the reconcile', options: { blind: true, climate: { kind: 'watch', lossy: 0.5 } }, caught: /LOST/ },
  {
    what: 'the look behind a stream that died in silence',
    options: {
      blind: true,
      climate: { kind: 'watch', manner: 'half-dead', lossy: 0, weather: { error: 0, lost: 0, crash: 0, pause: 0 } },
    },
    caught: /LOST/,
  },
  {
    what: 'the conditional insert',
    options: { broken: { insert: true }, climate: { weather: { pause: 0.02, lost: 0.05, latencyMs: 400 } } },
    caught: /written over|fence|began/,
  },
  {
    what: 'the conditional replace',
    options: { broken: { etags: true }, climate: { weather: { pause: 0.02, pauseMs: 60_000, latencyMs: 400 } } },
    caught: /hold|wrote|moved|shrank|agents|written over/,
  },
  {
    what: 'the look at what explains others',
    options: {
      triageStoreOf: (store) => ({
        ...store,
        list: async (filters, ...page) =>
          filters.cluster === undefined ? store.list(filters, ...page) : { items: [], unreadable: [] },
      }),
      climate: { kind: 'work', disaster: 'node' },
    },
    caught: /explains it/,
  },
  {
    what: 'the look for what a mute held back',
    options: {
      triageStoreOf: (store) => ({
        ...store,
        list: async (filters, ...page) =>
          filters.muted === undefined ? store.list(filters, ...page) : { items: [], unreadable: [] },
      }),
      climate: { kind: 'work' },
    },
    caught: /MUTED/,
  },
  {
    what: 'the joining by verdict',
    options: {
      reportStoreOf: (store) => ({
        ...store,
        list: async (filters, ...page) =>
          filters.open === undefined ? store.list(filters, ...page) : { items: [], unreadable: [] },
      }),
      climate: { kind: 'work', sameCause: true },
    },
    caught: /UNJOINED/,
  },
  {
    what: 'the look for what is explained no more',
    options: {
      triageStoreOf: (store) => ({ ...store, byId: async () => undefined }),
      climate: { kind: 'work', sameCause: true },
    },
    caught: /HIDDEN/,
  },
  {
    what: 'the semaphore',
    options: { broken: { semaphore: true }, climate: { kind: 'work' } },
    caught: /agents at once/,
  },
  {
    what: 'the decision how an attempt ended',
    options: {
      reportStoreOf: (store) => ({
        ...store,
        update: async (stored, changes, step) =>
          'concluded' in changes ? { ...stored, incident: stored.incident } : store.update(stored, changes, step),
      }),
      climate: {
        kind: 'work',
        impostors: 0.9,
        habits: { hangs: 0, fails: 0, workMs: 2_000 },
        weather: { pause: 0.08, pauseMs: 60_000, latencyMs: 400 },
      },
    },
    caught: /shows|page and report differ/,
  },
]
