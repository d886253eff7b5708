import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'
import { version } from '../../../shared/runtime/version.ts'
import { installedApp } from '../own-programs.ts'
import { followIncidents } from '../start/follow-incidents.ts'
import { whyNoPort } from '../start/free-port.ts'
import { startPlatform } from '../start/platform.ts'
import type { Screen } from '../start/screen.ts'
import { serve, type Watched, watchConfig } from '../start/watched.ts'
import { keepAzurite } from './kept-azurite.ts'
import { inClusterPart, kubeconfigParts } from './sources.ts'
import { openStateFolder, type StateFolder } from './state-folder.ts'

export type ServeOptions = {
  readonly data: string
  readonly kubeconfig: readonly string[]
  readonly inCluster: boolean
  readonly clusterName: string
  readonly config?: string
  readonly port: number
  readonly host: string
}

/** Of one machine: two watchers would share what one has in hand. The caller's environment wins. */
const usual = { SUPERVISORS: '1', SUPERVISOR_WINDOW_SECONDS: '600', MAX_CONCURRENT_AGENTS: '2' }

/** What a killed process had in hand comes back after this; who lives renews it at half of it. */
const HIDDEN_MS = 60_000

/** A line within a moment; a terminal that nobody looks at for weeks must not keep storage busy. */
const READ_PAUSE_MS = 2_000

/** The whole product on this machine until the signal aborts; what it knows stays in the folder. */
export async function runServe(options: ServeOptions, screen: Screen, ended: AbortSignal): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const since = systemClock.now()
  await checkPort(options)
  const state = await openStateFolder(options.data, ended)
  stack.defer(state.release)
  const signal = AbortSignal.any([ended, state.lost])
  const watched = await watch(options, state, screen, stack)
  const app = installedApp ?? (await buildHere(screen, stack))
  const azurite = await keepAzurite(state.storage, state.ports, screen.trouble)
  stack.defer(azurite.stop)
  await state.keepPorts(azurite.ports)

  const given = (name: string) => process.env[name] !== undefined && process.env[name] !== ''
  const unlessGiven = (settings: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(settings).filter(([name]) => !given(name)))
  const platform = await startPlatform(
    {
      app,
      folder: state.path,
      environment: {
        ...unlessGiven(usual),
        ...(given('KEY_VAULT_URL') ? {} : unlessGiven({ LOCAL_VAULT_DIR: state.vault })),
        ...unlessGiven({ REPORT_BASE_URL: `http://${shownHost(options.host)}:${options.port}` }),
        CLUSTERS_FILE: watched.clustersFile,
      },
      instances: 1,
      port: options.port,
      host: options.host,
      functionKey: state.functionKey,
      visibilityMs: HIDDEN_MS,
      azurite,
      log: (line, worker) => {
        if (!signal.aborted) screen.log(line, worker)
      },
    },
    stack,
  )
  signal.throwIfAborted()
  const host = await platform.startFunctions()
  screen.say(`Nightcrier ${version} watches. Ctrl-C ends it; what it knows stays in ${state.path}.`)
  for (const [name, value] of watched.facts) screen.fact(name, value)
  const address = `http://${shownHost(options.host)}:${options.port}`
  screen.fact('address', `${address}/api/health`)
  screen.fact('ask it', askWith(address, state.keyFile))
  for (const { name } of host.functions) if (name.startsWith('supervisor')) host.trigger(name)

  const over = new AbortController()
  const follow = followIncidents(
    {
      ...platform,
      clock: systemClock,
      linkHours: platform.settings.REPORT_LINK_HOURS,
      pauseMs: READ_PAUSE_MS,
      since,
      onStep: screen.step,
      onProblem: screen.trouble,
    },
    AbortSignal.any([signal, over.signal]),
  )
  stack.defer(async () => {
    over.abort()
    await follow
  })
  await follow
  if (state.lost.aborted)
    throw new GiveUp(
      `Another process has taken ${state.path} over, since this one stood still: only one may work on it.`,
    )
}

/**
 * How the command line asks this run, from any folder. Address and key together: a key alone would go to the address
 * that `nightcrier login` kept.
 */
export const askWith = (address: string, keyFile: string): string =>
  `NIGHTCRIER_URL=${address} NIGHTCRIER_KEY="$(cat '${keyFile.replaceAll("'", "'\\''")}')" nightcrier incidents`

/** Told before anything is started: workers would only say so after the rest is up, each in its own words. */
async function checkPort({ port, host }: ServeOptions): Promise<void> {
  const why = await whyNoPort(port, host)
  if (why !== undefined)
    throw new GiveUp(
      `Port ${port} of ${host} cannot be had (${why}): end what listens there, or give another with --port.`,
    )
}

/** An address that somebody can open: one that stands for all of this machine's is none. */
const shownHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host

async function watch(
  { config, kubeconfig, inCluster, clusterName }: ServeOptions,
  { run }: StateFolder,
  screen: Screen,
  stack: AsyncDisposableStack,
): Promise<Watched> {
  if (config !== undefined) return watchConfig(config, { folder: run, screen, stack })
  const parts = [
    ...(inCluster ? [await inClusterPart(clusterName, process.env)] : []),
    ...(kubeconfig.length === 0 ? [] : await kubeconfigParts(kubeconfig, screen)),
  ]
  if (parts.length === 0)
    throw new GiveUp(
      'Say what to watch: --kubeconfig with a file or a folder, --in-cluster, or --config clusters.yaml.',
    )
  const { clustersFile, facts } = await serve(parts, { folder: run, screen, stack })
  const names = parts.flatMap(({ contexts }) => contexts.map(({ context }) => context))
  return { clustersFile, facts: [['clusters', names.join(', ')], ...facts] }
}

/** In a clone there is no bundle to run that is surely of these sources. */
async function buildHere(screen: Screen, stack: AsyncDisposableStack): Promise<string> {
  // By its address, so that no bundle takes in what bundles.
  const builder = new URL('../start/built-app.ts', import.meta.url).href
  const { builtApp, keepInUse }: typeof import('../start/built-app.ts') = await import(builder)
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const app = await builtApp(root, () => screen.event('The functions are built, since they are new or have changed …'))
  stack.use(keepInUse(app, systemClock))
  return app
}
