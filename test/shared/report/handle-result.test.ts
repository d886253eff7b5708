import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Report } from '../../../shared/artifacts/report.ts'
import type { NoticeMessage } from '../../../shared/incident/notices.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import type { ReportDeps } from '../../../shared/report/deps.ts'
import { handleResult } from '../../../shared/report/handle-result.ts'
import { STALE } from '../../../shared/runtime/contend.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { memoryContainerGroups } from '../../fakes/memory-container-groups.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { evidence, incident, verdict } from './sample.ts'

const usage = { apiCalls: 9, toolCalls: 0, model: '', turns: 0, inputTokens: 0, outputTokens: 0, seconds: 2 }
const result = { version: 1, incidentId: incident().incidentId, fence: 1, ended: 'completed' }
const bundle = (fence = 1) =>
  gzipSync(
    JSON.stringify({
      version: 1,
      incidentId: incident().incidentId,
      fence,
      ended: 'completed',
      notes: [],
      usage,
      redactions: {},
      injectionFlags: [],
      files: {
        'verdict.json': JSON.stringify(verdict()),
        'investigation.md': '# Report',
        'evidence.jsonl': evidence.map((one) => JSON.stringify(one)).join('\n'),
      },
    }),
  )

async function setUp(changes: { bundle?: Uint8Array | undefined; fail?: () => boolean } = { bundle: bundle() }) {
  const store = incidentStore({ incidents: memoryTable(), history: memoryTable() })
  await store.insert(incident())
  const files = new Map<string, string>()
  const posts: NoticeMessage[] = []
  const counted: string[] = []
  const added: object[] = []
  const marks = new Set<string>()
  const freed: string[] = []
  const lines: string[] = []
  let wakes = 0
  const deps: ReportDeps = {
    store,
    groups: memoryContainerGroups(),
    readBundle: async () => changes.bundle,
    writeArtifact: async (id, file, content) => void files.set(`${id}/${file}`, content),
    readReport: async (id) => {
      const text = files.get(`${id}/report.json`)
      return text === undefined ? undefined : Report.parse(JSON.parse(text))
    },
    list: async (listed, headline) => void lines.push(`${listed.incidentId} ${listed.status}: ${headline}`),
    releaseSlot: async (id) => void freed.push(id),
    wakeTriage: async () => void wakes++,
    notify: async (notice) => {
      if (changes.fail?.() === true) throw new Error('no queue')
      posts.push(notice)
    },
    breakers: {
      succeeded: async (name) => void counted.push(`${name} succeeded`),
      failed: async (name, reason) => void counted.push(`${name} failed: ${reason}`),
    },
    totals: {
      add: async (key, amounts, mark = '') => {
        if (!marks.has(mark)) added.push({ key, ...amounts })
        marks.add(mark)
      },
    },
    settings: { NOTIFY_ON_AGENT_FAILURE: true },
    clock: { now: () => new Date('2026-01-12T09:41:08Z'), sleep: async () => {} },
    random: () => 0.5,
    log: createLog('error', () => {}),
  }
  const state = async () => (await store.current(result.incidentId))!.incident
  return { deps, files, posts, counted, added, freed, lines, state, wakes: () => wakes, store }
}

describe('handleResult', () => {
  test('a completed agent becomes a report, a moved incident, one notice and a free place', async () => {
    const { deps, files, posts, counted, freed, lines, state, wakes } = await setUp()
    expect(await handleResult(deps)(result)).toBe('published')
    expect([...files.keys()].map((name) => name.split('/')[1])).toEqual([
      'investigation.md',
      'evidence.jsonl',
      'incident.json',
      'report.json',
      'index.html',
    ])
    expect(await state()).toMatchObject({
      status: 'reported',
      outcome: 'cause',
      rootCause: 'Deployment/shop/web BadCommand',
    })
    expect(posts).toEqual([
      {
        version: 1,
        id: `reported:${result.incidentId}:1`,
        at: '2026-01-12T09:41:08.000Z',
        type: 'incident',
        event: 'reported',
        incidentId: result.incidentId,
      },
    ])
    expect(counted).toEqual(['agents succeeded'])
    expect(freed).toEqual([result.incidentId])
    expect(lines).toEqual([
      `${result.incidentId} reported: web 0/3 ready: the container command /bin/srvr does not exist in the image`,
    ])
    expect(wakes()).toBe(1)
  })

  test('running it again changes nothing, and sends the same notice, which is told once by its name', async () => {
    const { deps, files, posts, counted, state } = await setUp()
    await handleResult(deps)(result)
    const before = JSON.stringify([[...files], await state()])
    expect(await handleResult(deps)(result)).toBe('published-before')
    expect(JSON.stringify([[...files], await state()])).toBe(before)
    expect(posts[1]).toEqual(posts[0])
    // Under the same mark, so that the totals and the breaker count it once.
    expect(counted).toEqual(['agents succeeded', 'agents succeeded'])
  })

  test('what an agent did is added to the totals of its cluster, once', async () => {
    const { deps, added } = await setUp()
    await handleResult(deps)(result)
    await handleResult(deps)(result)
    expect(added).toEqual([
      {
        key: 'east',
        ended_completed: 1,
        outcome_cause: 1,
        agent_le_10: 1,
        agent_seconds: 6,
        incident_le_10: 1,
        incident_seconds: 8,
      },
    ])
  })

  test('a result with an older fence is a zombie and leaves no trace', async () => {
    const { deps, files, posts, state } = await setUp({ bundle: bundle(0) })
    expect(await handleResult(deps)({ ...result, fence: 0 })).toBe('outdated')
    expect(files.size + posts.length).toBe(0)
    expect((await state()).status).toBe('running')
  })

  test('a crash before the move publishes on the next delivery, once', async () => {
    const { deps, posts, state } = await setUp()
    const move = deps.store.move
    let crashed = false
    const flaky = {
      ...deps,
      store: {
        ...deps.store,
        move: (...args: Parameters<typeof move>) => {
          if (!crashed) {
            crashed = true
            throw new Error('killed')
          }
          return move(...args)
        },
      },
    }
    await expect(handleResult(flaky)(result)).rejects.toThrow('killed')
    expect(posts).toHaveLength(0)
    expect(await handleResult(flaky)(result)).toBe('published')
    expect(posts).toHaveLength(1)
    expect((await state()).status).toBe('reported')
  })

  test('one that stood still in the midst of its last file leaves a page that fits the report of whoever was faster', async () => {
    const { deps, files, state, store } = await setUp({ bundle: undefined })
    const since = '2026-01-12T08:00:00.000Z'
    let stoodStill = false
    const slow: ReportDeps = {
      ...deps,
      writeArtifact: async (id, file, content) => {
        if (file === 'index.html' && !stoodStill) {
          stoodStill = true
          const stored = (await store.current(id))!
          // An earlier fault of the same trouble comes late, and changes what the report is called.
          await store.update(stored, { firstSeen: since })
          expect(await handleResult(deps)(result)).toBe('published')
        }
        await deps.writeArtifact(id, file, content)
      },
    }
    expect(await handleResult(slow)(result)).toBe('published')
    const text = (file: string) => files.get(`${result.incidentId}/${file}`)!
    const report = Report.parse(JSON.parse(text('report.json')))
    expect(report.incident.firstSeen).toBe(since)
    expect(text('index.html')).toContain(`<time datetime="${since}">`)
    expect(report.incident.reportedAt).toBe((await state()).reportedAt)
  })

  test('a move that was applied and whose answer was lost is told, listed, counted and gives its place back', async () => {
    const { deps, posts, added, freed, lines, state } = await setUp()
    const { move } = deps.store
    let lost = 0
    // The library sends it again by itself, and the second finds the first: as if somebody else had been there.
    const store: ReportDeps['store'] = {
      ...deps.store,
      move: async (...given) => {
        const moved = await move(...given)
        lost += 1
        return lost === 1 ? STALE : moved
      },
    }
    expect(await handleResult({ ...deps, store })(result)).toBe('published')
    expect((await state()).status).toBe('reported')
    expect(posts.map(({ id }) => id)).toEqual([`reported:${result.incidentId}:1`])
    expect(lines).toHaveLength(1)
    expect(freed).toEqual([result.incidentId])
    expect(added).toHaveLength(1)
  })

  test('a group that cannot be removed is left to the sweep: the report is told, listed and done', async () => {
    const { deps, posts, freed, lines } = await setUp()
    const groups = { remove: () => Promise.reject(new Error('Azure did not remove it: 409 CannotDelete')) }
    expect(await handleResult({ ...deps, groups })(result)).toBe('published')
    expect([posts.length, freed.length, lines.length]).toEqual([1, 1, 1])
  })

  test('one step that fails stops none behind it, and the message comes again', async () => {
    const { deps, freed, lines } = await setUp({ bundle: bundle(), fail: () => true })
    await expect(handleResult(deps)(result)).rejects.toThrow('no queue')
    expect([freed.length, lines.length]).toEqual([1, 1])
  })

  test('a notice that could not be sent is sent when the message comes again', async () => {
    let broken = true
    const { deps, posts, state } = await setUp({ bundle: bundle(), fail: () => broken })
    await expect(handleResult(deps)(result)).rejects.toThrow('no queue')
    expect((await state()).status).toBe('reported')
    broken = false
    await handleResult(deps)(result)
    expect(posts).toHaveLength(1)
  })

  test('an agent that left nothing still gives a page and a notice, and counts as failed', async () => {
    const { deps, files, posts, counted, state } = await setUp({ bundle: undefined })
    await handleResult(deps)({ ...result, ended: 'lost', reason: 'its container is gone' })
    expect((await state()).status).toBe('failed')
    expect(files.get(`${result.incidentId}/index.html`)).toContain('The agent left no bundle of artifacts.')
    expect(posts).toHaveLength(1)
    expect(counted).toEqual([`agents failed: ${result.incidentId}: its container is gone`])
  })

  test('a kubeconfig that cannot be had degrades no agents, also when the next attempt counts it once more', async () => {
    const { deps, counted, store, state } = await setUp({ bundle: undefined })
    const unready = { ...result, ended: 'not-started', reason: 'In other words', cause: 'no-kubeconfig' }
    expect(await handleResult(deps)(unready)).toBe('published')
    expect((await state()).concluded).toMatchObject({ cause: 'no-kubeconfig', reason: 'In other words' })
    const at = new Date('2026-01-12T10:00:00Z')
    const changes = { fence: 2, concluded: undefined }
    await store.move((await store.current(result.incidentId))!, 'queued', { at, note: 'again' })
    await store.move((await store.current(result.incidentId))!, 'running', { at, note: 'again', changes })
    await handleResult(deps)({ ...result, fence: 2, ended: 'not-started', reason: 'No quota' })
    expect(counted).toEqual([`agents failed: ${result.incidentId}: No quota`])
  })
  test('a bundle of another attempt is not believed', async () => {
    const { deps, files } = await setUp({ bundle: bundle(7) })
    await handleResult(deps)(result)
    expect(files.get(`${result.incidentId}/report.json`)).toContain('belongs to another incident')
  })

  // Whatever ends a message as done loses it: only the queue's own tries lead to the dead letters.
  test.each([
    ['hello', 'queue results cannot be read: the whole'],
    [{ ...result, version: 2 }, 'written by a newer Nightcrier (version 2, this one reads 1)'],
    [{ ...result, later: true }, 'Unrecognized key: "later"'],
  ])('what is no result goes back to the queue, in one sentence: %j', async (body, words) => {
    const { deps } = await setUp()
    const refused = await handleResult(deps)(body).catch((error: unknown) => error)
    expect(refused).not.toBeInstanceOf(GiveUp)
    expect(String(refused)).toContain(words)
  })
})
