import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { inlineTexts } from '../../infra/inline-texts.ts'
import { type Azurite, startAzurite } from '../../infra/local/azurite.ts'
import { queueService } from '../../infra/local/host/queue-connection.ts'
import { processContainerGroups } from '../../infra/local/process-groups.ts'
import { reportDeps } from '../../shared/app/deps/report.ts'
import { triageDeps } from '../../shared/app/deps/triage.ts'
import { createPlatform } from '../../shared/app/platform.ts'
import { containers, queues, reportFolder } from '../../shared/artifacts/layout.ts'
import { Report } from '../../shared/artifacts/report.ts'
import { ensureStorage } from '../../shared/azure/ensure-storage.ts'
import { readSettings } from '../../shared/config/settings.ts'
import type { Fault } from '../../shared/faults/fault.ts'
import type { Incident, IncidentState } from '../../shared/incident/incident.ts'
import type { ResultMessage } from '../../shared/incident/messages.ts'
import { handleResult } from '../../shared/report/handle-result.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { handleTriageMessage } from '../../shared/triage/handle-triage-message.ts'
import { wordsIn } from './words-in.ts'

export type Investigated = {
  readonly incident: Incident
  readonly report: Report | undefined
  /** A local copy of the incident's blobs. */
  readonly folder: string
  /** The page's and the investigation's words. */
  readonly text: string
}
export type Pipeline = {
  readonly investigate: (
    cluster: string,
    kubeconfig: string,
    faults: readonly Fault[],
  ) => Promise<readonly Investigated[]>
  readonly stop: () => Promise<void>
}

/** Rules need seconds; a crowded machine several times that. */
const INVESTIGATION_MS = 120_000
const POLL_MS = 40
/** An agent that has ended has sent its message by then, or never will. */
const SILENT_MS = 1_500
const over: ReadonlySet<IncidentState> = new Set(['reported', 'evidence-only', 'failed', 'skipped', 'resolved'])
const MAX_BLOB = 32 * 1024 * 1024

/**
 * Triage, agents and report with their real surroundings: storage on this machine, agents as child processes, messages
 * through queues. Only the functions host is left out. `out` receives a folder for each incident.
 */
export async function startPipeline(
  clusters: readonly string[],
  out: string,
  log: Log,
  settings: Readonly<Record<string, string>> = {},
): Promise<Pipeline> {
  const work = await mkdtemp(join(tmpdir(), 'nightcrier-scenario-'))
  const azurite = await startAzurite()
  try {
    return await joinParts(clusters, out, log, { work, azurite, settings })
  } catch (error) {
    await azurite.stop()
    throw error
  }
}

type Place = { readonly work: string; readonly azurite: Azurite; readonly settings: Readonly<Record<string, string>> }
async function joinParts(
  clusters: readonly string[],
  out: string,
  log: Log,
  { work, azurite, settings: more }: Place,
): Promise<Pipeline> {
  const stopping = new AbortController()
  const clustersFile = join(work, 'clusters.yaml')
  await writeFile(clustersFile, JSON.stringify({ clusters: clusters.map(clusterEntry) }))
  const settings = readSettings({
    AzureWebJobsStorage: azurite.connectionString,
    CLUSTERS_FILE: clustersFile,
    LOCAL_GROUPS_DIR: join(work, 'groups'),
    SEVERITY_THRESHOLD: 'info',
    // One cluster at a time here; two cores work on it.
    MAX_CONCURRENT_AGENTS: '4',
    MAX_CONCURRENT_AGENTS_PER_CLUSTER: '4',
    CLUSTER_QUEUE_SIZE: '100',
    AGENT_TIMEOUT: '60',
    ...more,
  })
  await ensureStorage(settings)
  const platform = createPlatform(settings, (message) => log.warn({}, message))
  const groups = processContainerGroups(
    join(work, 'groups'),
    await programs(work, settings.AGENT_MODEL_PROVIDER !== 'none'),
  )
  const triage = { ...(await triageDeps(platform, log)), groups }
  const report = { ...(await reportDeps(platform, log)), groups }
  const incidents = platform.storage.blobs(containers.incidents)

  const listening = [
    listen(queues.faults, (body, id) => handleTriageMessage(triage)(body, { id, dequeueCount: 1 })),
    listen(queues.results, handleResult(report)),
  ]
  async function listen(name: string, handle: (body: unknown, id: string) => Promise<unknown>) {
    const queue = queueService('AzureWebJobsStorage', { AzureWebJobsStorage: azurite.connectionString }).getQueueClient(
      name,
    )
    while (!stopping.signal.aborted) {
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 8, visibilityTimeout: 5 })
      for (const { messageId, messageText, popReceipt } of receivedMessageItems)
        try {
          await handle(JSON.parse(Buffer.from(messageText, 'base64').toString()), messageId)
          await queue.deleteMessage(messageId, popReceipt)
        } catch (error) {
          log.error({ queue: name }, errorText(error))
        }
      if (receivedMessageItems.length === 0) await sleep(POLL_MS)
    }
  }

  const ended = new Map<string, number>()
  /** What the sweep does after a minute, at once: an agent that ended without a word is spoken for. */
  async function speakForTheSilent() {
    for (const group of await groups.list()) {
      if (group.state !== 'failed' && group.state !== 'succeeded') continue
      const since = ended.get(group.name) ?? Date.now()
      ended.set(group.name, since)
      if (Date.now() - since < SILENT_MS || since < 0) continue
      ended.set(group.name, -1)
      const words = (await groups.logs(group.name, 'broker')).trim().slice(-600)
      const result: ResultMessage = {
        version: 1,
        incidentId: group.tags.incidentId ?? '',
        fence: Number(group.tags.fence),
        ended: 'failed',
        reason: `The agent ended with exit code ${group.exitCode}: ${words}`.slice(0, 1000),
      }
      await platform.storage.queue(queues.results).send(JSON.stringify(result))
    }
  }

  async function fetchIncident(incident: Incident): Promise<Investigated> {
    const { incidentId } = incident
    const folder = join(out, incidentId)
    const texts: string[] = []
    let read: Report | undefined
    for (const { name } of await incidents.list(reportFolder(incidentId), 500)) {
      const text = (await incidents.read(name, MAX_BLOB))?.text ?? ''
      await mkdir(dirname(join(out, name)), { recursive: true })
      await writeFile(join(out, name), text)
      if (name.endsWith('/report.json')) read = Report.parse(JSON.parse(text))
      if (name.endsWith('/investigation.md')) texts.push(text)
    }
    if (read?.verdict !== undefined) texts.push(read.headline, wordsIn(read.verdict))
    return { incident, report: read, folder, text: texts.join('\n') }
  }

  return {
    async investigate(cluster, kubeconfig, faults) {
      await writeFile(join(work, `${cluster}.kubeconfig`), kubeconfig, { mode: 0o600 })
      const queue = platform.storage.queue(queues.faults)
      for (const packed of pack(faults))
        await queue.send(JSON.stringify({ version: 1, type: 'faults', faults: packed }))
      const deadline = Date.now() + INVESTIGATION_MS + settings.AGENT_TIMEOUT * 1000
      while (Date.now() < deadline) {
        await sleep(POLL_MS)
        await speakForTheSilent()
        if ((await queue.length()) > 0) continue
        const { items } = await platform.store.list({ cluster }, 500)
        if (items.length === 0 || items.some(({ incident }) => !over.has(incident.status))) continue
        return Promise.all(items.map(({ incident }) => fetchIncident(incident)))
      }
      throw new Error(`The investigation of ${cluster} was not over after ${INVESTIGATION_MS / 1000} s.`)
    },
    async stop() {
      stopping.abort()
      await Promise.allSettled(listening)
      for (const { name } of await groups.list()) await groups.remove(name)
      await azurite.stop()
      await rm(work, { recursive: true, force: true })
    },
  }
}

/** A message holds 48 KiB and 200 faults. */
function pack(faults: readonly Fault[]): Fault[][] {
  const packs: Fault[][] = [[]]
  let bytes = 0
  for (const fault of faults) {
    const size = Buffer.byteLength(JSON.stringify(fault)) + 1
    if (bytes + size > 44 * 1024 || packs.at(-1)?.length === 200) {
      packs.push([])
      bytes = 0
    }
    packs.at(-1)?.push(fault)
    bytes += size
  }
  return packs
}

/** The supervisor plays no part here, so nobody ever calls the endpoint. */
const clusterEntry = (name: string) => ({
  name,
  environment: 'scenario',
  mcp: { endpoint: 'http://127.0.0.1:9/mcp' },
  triage: { enabled: true, kubeconfig: `file:${name}.kubeconfig`, severity_threshold: 'info' },
})

/**
 * The broker straight from its source, so that no build is needed and none can be stale. The agent, which only runs with a
 * model, is sealed and may read nothing but itself: so it is one file.
 */
async function programs(work: string, agent: boolean): Promise<string> {
  const folder = join(work, 'programs')
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const sourceOf = (name: string) => fileURLToPath(new URL(`../../agent-container/${name}/main.ts`, import.meta.url))
  await writeFile(join(folder, 'broker.js'), `import ${JSON.stringify(sourceOf('broker'))}\n`)
  if (agent)
    await build({
      entryPoints: [sourceOf('agent')],
      outfile: join(folder, 'agent.js'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      plugins: [inlineTexts],
      // Libraries within ask for parts of node in the old way.
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
      logLevel: 'silent',
    })
  return folder
}
