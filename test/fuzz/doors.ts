import fc from 'fast-check'
import { capabilityIn, signWith } from '../../shared/access/capability.ts'
import { parseLinkKeys } from '../../shared/access/link-keys.ts'
import { readableLine } from '../../shared/cluster/messages/readable-line.ts'
import { parseClusters } from '../../shared/config/clusters-file.ts'
import { listIncidents } from '../../shared/health/incidents.ts'
import { parseIncidentId } from '../../shared/incident/identity.ts'
import { ResultMessage, TriageMessage } from '../../shared/incident/messages.ts'
import { NoticeMessage } from '../../shared/incident/notices.ts'
import { contextsOf, readKubeconfig } from '../../shared/kubernetes/kubeconfig.ts'
import { mergedKubeconfig } from '../../shared/kubernetes/merged-kubeconfig.ts'
import { labelTest } from '../../shared/mcp-server/objects/label-selector.ts'
import { signedCursors } from '../../shared/mcp-server/objects/list-cursor.ts'
import { manifestObjects } from '../../shared/mcp-server/objects/manifest-objects.ts'
import { quantity } from '../../shared/mcp-server/objects/quantity.ts'
import { readConfig } from '../../shared/mcp-server/server/read-config.ts'
import { GiveUp } from '../../shared/runtime/errors.ts'
import { readNotice } from '../../shared/subscription/read-notice.ts'
import { partsOf } from '../../shared/subscription/wire/rpc-message.ts'
import { ownDoor } from '../fakes/own-door.ts'
import { alertDoor } from './alert-door.ts'
import { altered, cutUp, json, text } from './arbitraries.ts'
import * as right from './right.ts'

/** Fake by its letters, and of a form that is known by sight. */
const PLANTED = `ghp_${'Q7xK2mVw'.repeat(5).slice(0, 36)}`
/** Far above what any of these takes, and far below what would hold up whoever else waits. */
const MOST_CPU_MS = 1_000

/** What is refused is refused in words, and everything is answered within its time; `holds` says what else is true. */
function property<T>(given: fc.Arbitrary<T>, ask: (one: T) => unknown): fc.IAsyncProperty<[T]> {
  return fc.asyncProperty(given, async (one) => {
    const before = process.threadCpuUsage()
    try {
      await ask(one)
    } catch (error) {
      if (!(error instanceof GiveUp) || error.message.trim() === '') throw error
    }
    const { user, system } = process.threadCpuUsage(before)
    if ((user + system) / 1_000 > MOST_CPU_MS) throw new Error(`took ${(user + system) / 1_000} ms of the processor`)
  })
}
const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what)
}

const keys = parseLinkKeys(`k1:${'0123456789abcdef'.repeat(2)}`)
const link = signWith(keys)({ purpose: 'report', about: 'east.0123456789abcdef.1' })
const cursors = signedCursors('a key of the tests', 'caller')
const cursor = cursors.write({ of: 'pods', page: 'x', after: 'y' })

/** Every parser of what strangers write, by its name. */
export const doors: Readonly<Record<string, fc.IAsyncProperty<unknown[]>>> = Object.fromEntries(
  Object.entries({
    notices: property(fc.oneof(json, altered({ logger: 'kubernetes/faults', data: right.notice })), (one) => {
      const read = readNotice(one, '2026-01-12T09:41:00Z')
      if (read.kind === 'bad') must(read.reason !== '', 'no reason')
      // What is taken goes into a queue as JSON, and comes back as the same.
      if (read.kind === 'fault') JSON.stringify(ownDoor.clear(read.fault))
    }),
    'messages of the protocol': property(
      fc.oneof(
        text,
        json.map((one) => JSON.stringify(one)),
        cutUp(right.rpc),
      ),
      partsOf,
    ),
    'clusters.yaml': property(
      fc.oneof(
        text,
        json.map((one) => JSON.stringify(one)),
        cutUp(right.clusters),
      ),
      (one) => {
        const { clusters, errors } = parseClusters(one)
        must(clusters.length > 0 || errors.length > 0 || one.includes('discovery'), 'nothing, and no error')
        must(
          errors.every((error) => error.trim() !== '' && !/undefined|\[object/.test(error)),
          errors.join('; '),
        )
      },
    ),
    kubeconfigs: property(
      fc.oneof(
        text,
        json.map((one) => JSON.stringify(one)),
        cutUp(right.kubeconfig),
      ),
      (one) => {
        contextsOf(one)
        readKubeconfig(one, 'the file')
      },
    ),
    'several kubeconfigs': property(fc.array(cutUp(right.kubeconfig), { maxLength: 3 }), (all) =>
      mergedKubeconfig(all.map((one, at) => ({ text: one, where: `file ${at}`, folder: '/' }))),
    ),
    TOML: property(fc.oneof(text, cutUp(right.toml)), (one) =>
      readConfig({ text: one, where: 'config.toml', folder: '/' }, {}, {}),
    ),
    manifests: property(
      fc.oneof(
        text,
        json.map((one) => JSON.stringify(one)),
        cutUp(right.manifest),
      ),
      (one) => {
        must(
          manifestObjects(one).every(({ kind, metadata }) => kind !== '' && metadata.name !== ''),
          'no name',
        )
      },
    ),
    alerts: property(fc.oneof(json, altered(right.alerts)), alertDoor),
    'messages of queues': property(
      fc.oneof(json, altered(right.triage), altered(right.result), altered(right.told)),
      (one) => [TriageMessage, ResultMessage, NoticeMessage].map((schema) => schema.safeParse(one)),
    ),
    'links that open by themselves': property(fc.oneof(text, cutUp(link)), (one) => {
      const opened = capabilityIn(one, keys)
      must(opened === undefined || one === link, `opened by ${one}`)
    }),
    'cursors of the MCP server': property(fc.oneof(text, cutUp(cursor)), (one) => {
      if (one !== cursor) cursors.read(one, 'pods')
    }),
    'questions for incidents': property(fc.array(fc.tuple(text, text), { maxLength: 4 }), async (pairs) => {
      const named = pairs.map(([name, value], at): [string, string] => [
        ['cluster', 'status', 'since', 'limit', 'cursor', name][(at + name.length) % 6] ?? name,
        value,
      ])
      const store = { list: async () => ({ items: [], unreadable: [] }) }
      const { status } = await listIncidents(store)(new URLSearchParams(named))
      must(status === 200 || status === 400, `status ${status}`)
    }),
    'names of incidents': property(text, parseIncidentId),
    selectors: property(fc.oneof(text, cutUp('app=web,tier in (a, b),!old')), (one) =>
      labelTest(one)?.({ app: 'web' }),
    ),
    quantities: property(fc.oneof(json, cutUp('128Mi', '1e3', '250m')), (one) => {
      must(typeof quantity(one) === 'number', 'no number')
    }),
    'log lines': property(fc.oneof(text, cutUp(right.line, 'level=error msg="x y" code=7')), (one) => {
      must(typeof readableLine(one) === 'string', 'no text')
    }),
    'the door': property(json, (one) => {
      const once = ownDoor.clear(one)
      must(JSON.stringify(ownDoor.clear(once)) === JSON.stringify(once), 'clearing again changes something')
    }),
    'secrets anywhere': property(fc.tuple(json, text, text), ([around, before, after]) => {
      const carriers = { around, [before]: `${before} ${PLANTED} ${after}`, list: [{ name: after, value: PLANTED }] }
      must(!JSON.stringify(ownDoor.clear(carriers)).includes(PLANTED), 'it is seen')
    }),
  }).map(([name, one]) => [name, one as fc.IAsyncProperty<unknown[]>]),
)
