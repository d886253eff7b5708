import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'
import { announcePlace } from './announced-place.ts'
import { builtApp, keepInUse } from './built-app.ts'
import { startDemo } from './demo.ts'
import { followIncidents } from './follow-incidents.ts'
import { freePort } from './free-port.ts'
import { startPlatform } from './platform.ts'
import type { Screen } from './screen.ts'
import { watchConfig, watchKubeconfig } from './watched.ts'

export type RunOptions = {
  readonly once: boolean
  /** Where the page of the first report stays with `once`, from the project's own folder. */
  readonly page: string
  readonly config?: string
  readonly kubeconfig?: string
  readonly instances: number
  readonly port: number
  /** Whoever named a port wants that one or none. */
  readonly portNamed: boolean
}

/** In which the first report must be there with `--once`. */
const ONCE_LIMIT_MS = 60_000
/** Often enough to look live. */
const READ_PAUSE_MS = 250
/** Long enough to read what is on the screen, and for the watch to be up. */
const BEFORE_BREAKING_MS = 3_000

/** A report within seconds: what takes minutes in production takes seconds here. The caller's environment wins. */
const demoSettings = {
  SUPERVISORS: '1',
  SUPERVISOR_WINDOW_SECONDS: '60',
  LEASE_SECONDS: '10',
  RECONCILE_SECONDS: '20',
  AGENT_TIMEOUT: '60',
}

/** Starts all, watches until the signal aborts or, with `once`, the first report; then ends all, in reverse. */
export async function run(options: RunOptions, screen: Screen, signal: AbortSignal): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const vault = join(folder, 'vault')
  await mkdir(vault, { mode: 0o700 })

  screen.say('Nightcrier starts on this machine. Ctrl-C ends it.')
  const port = await freePort(options.port, options.portNamed)
  if (port !== options.port) screen.event(`Port ${options.port} is taken: a free one is used.`)
  const demo =
    options.config === undefined && options.kubeconfig === undefined ? await startDemo(folder, stack) : undefined
  const watched =
    demo ??
    (options.config === undefined
      ? await watchKubeconfig(options.kubeconfig ?? '', { folder, screen, stack })
      : await watchConfig(options.config, { folder, screen, stack }))
  const given = (name: string) => process.env[name] !== undefined && process.env[name] !== ''
  const app = await builtApp(root, () => screen.event('The functions are built, since they are new or have changed …'))
  stack.use(keepInUse(app, systemClock))
  screen.event('Storage starts …')
  const platform = await startPlatform(
    {
      app,
      folder,
      environment: {
        ...Object.fromEntries(Object.entries(demo === undefined ? {} : demoSettings).filter(([name]) => !given(name))),
        ...(given('LOCAL_VAULT_DIR') || given('KEY_VAULT_URL') ? {} : { LOCAL_VAULT_DIR: vault }),
        CLUSTERS_FILE: watched.clustersFile,
      },
      instances: options.instances,
      port,
      log: (line, worker) => {
        // While all is being stopped, some of it misses the rest.
        if (!signal.aborted) screen.log(line, worker)
      },
    },
    stack,
  )
  signal.throwIfAborted()
  screen.event('The functions start …')
  const host = await platform.startFunctions()
  for (const [name, value] of watched.facts) screen.fact(name, value)
  screen.fact('functions', `${host.url}/api/health (function key: ${host.functionKey})`)
  const page = (path: string) => `${host.url}/api/${path}?code=${encodeURIComponent(host.functionKey)}`
  screen.fact('incidents', page('list'))
  screen.fact('board', page('board'))
  screen.fact('terminal', 'npx nightcrier tail, in another one')
  stack.defer(announcePlace(root, host.url, host.functionKey))
  // Their schedule would let up to ten seconds pass.
  for (const { name } of host.functions) if (name.startsWith('supervisor')) host.trigger(name)

  const over = new AbortController()
  const ending = AbortSignal.any([signal, over.signal])
  let reported = false
  const follow = followIncidents(
    {
      ...platform,
      clock: systemClock,
      linkHours: platform.settings.REPORT_LINK_HOURS,
      pauseMs: READ_PAUSE_MS,
      onStep: screen.step,
      onReport: (published) => {
        // The last two lines of stdout are those of the first report.
        if (options.once && reported) return
        reported = true
        if (!options.once) return screen.report(published)
        const kept = resolve(root, options.page)
        mkdirSync(dirname(kept), { recursive: true })
        writeFileSync(kept, published.page)
        screen.report(published, kept)
        over.abort()
      },
      onProblem: screen.trouble,
    },
    ending,
  )
  // Before anything else ends: it reads from what is then taken away.
  stack.defer(async () => {
    over.abort()
    await follow
  })
  if (demo !== undefined) {
    await systemClock.sleep(BEFORE_BREAKING_MS, ending)
    if (!ending.aborted) screen.event('A release that cannot start is rolled out: Deployment/shop/checkout 2.5.0')
    void demo.breakIt()
  }
  if (options.once) {
    await systemClock.sleep(ONCE_LIMIT_MS, ending)
    if (!ending.aborted)
      throw new GiveUp('No report came within 60 s. Run it again with --verbose to see what the functions say.')
  }
  await follow
}
