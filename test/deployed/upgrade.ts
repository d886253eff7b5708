import { execFileSync } from 'node:child_process'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { build } from '../../infra/build.ts'
import { startAzurite } from '../../infra/local/azurite.ts'
import { queues } from '../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../shared/azure/ensure-storage.ts'
import { storageFromSettings } from '../../shared/azure/storage-from-settings.ts'
import { eventually } from '../end-to-end/whole-app.ts'
import { oneCluster } from './one-cluster.ts'
import { settled } from './settled.ts'

const root = join(import.meta.dirname, '../..')
/** For each change of version: so many faults wait in the queue, written by the version that goes. */
const WAITING = 3
const names = (round: string, count = WAITING) => Array.from({ length: count }, (_, index) => `${round}${index}x`)

/** Some hundreds of packages over a slow line. */
const INSTALL_MS = 10 * 60_000

/** The package of another commit, built by its own build from its own sources, with the packages that its lock names. */
async function packageOf(commit: string, place: string): Promise<string> {
  const sources = join(place, 'earlier')
  await mkdir(sources)
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 1024 ** 3 })
  execFileSync('tar', ['-x', '-C', sources], { input: archive })
  await installed(sources)
  execFileSync(process.execPath, ['infra/build.ts'], { cwd: sources, stdio: ['ignore', 'ignore', 'inherit'] })
  return join(sources, 'dist')
}

/** Those of this clone serve as well where they are the same. */
async function installed(sources: string): Promise<void> {
  const locks = await Promise.all([root, sources].map((folder) => readFile(join(folder, 'package-lock.json'), 'utf8')))
  if (locks[0] === locks[1]) return symlink(join(root, 'node_modules'), join(sources, 'node_modules'))
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', flags, { cwd: sources, stdio: ['ignore', 'ignore', 'inherit'], timeout: INSTALL_MS })
}

/** Up, and back, and up again, over one storage: each time with faults in the queue that the other version wrote. */
export async function upgrade(from: string, say: (line: string) => void): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const rounds = ['first', 'up', 'back', 'again']
  const cluster = await oneCluster(stack, [...names('first', 1), ...rounds.slice(1).flatMap((round) => names(round))])
  const earlier = await packageOf(from, cluster.folder)
  const { folder: current } = await build(root, join(cluster.folder, 'current'))
  const azurite = await startAzurite()
  stack.defer(azurite.stop)
  const settings = { AzureWebJobsStorage: azurite.connectionString }
  await ensureStorage(settings)
  const storage = storageFromSettings(settings)

  const owed: string[] = names('first', 1)
  const begin = async (app: string) => {
    const running = await cluster.start(app, settings)
    stack.defer(running.stop)
    await eventually('the watch', 60, async () => cluster.heard(), Boolean)
    return running
  }
  let running = await begin(earlier)
  for (const name of owed) cluster.fail(name)
  await settled(storage, owed)
  say(`${from}: ${owed.length} reported`)
  for (const [round, app] of [
    ['up', current],
    ['back', earlier],
    ['again', current],
  ] as const) {
    const faults = names(round)
    // Whoever takes from the queue stands still, so that what the version that goes has written is still there.
    const triage = running.host.workers().find(({ functions }) => functions.includes('triage'))
    if (triage === undefined) throw new Error('No worker takes faults.')
    process.kill(triage.pid, 'SIGSTOP')
    for (const name of faults) cluster.fail(name)
    const waiting = await eventually(
      'faults in the queue',
      30,
      storage.queue(queues.faults).length,
      (n) => n >= WAITING,
    )
    process.kill(triage.pid, 'SIGKILL')
    await running.stop()
    owed.push(...faults)
    running = await begin(app)
    await settled(storage, owed)
    say(
      `${round} to ${app === current ? 'this version' : from}, ${waiting} waiting in the queue: ${owed.length} reported once, no dead letter`,
    )
  }
  await running.stop()
}
