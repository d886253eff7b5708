import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

/** A network and files of names of its own; where the system gives none to whom it does not know well, nothing is tried. */
const ALONE = ['-rmn', 'sh', '-c']
const isAllowed =
  spawnSync('unshare', [...ALONE, 'ip link set lo up && mount --bind /etc/hosts /etc/hosts']).status === 0

async function tried(which: string): Promise<never> {
  const folder = await mkdtemp(join(tmpdir(), 'nightcrier-names-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'hosts'), '127.0.0.1 localhost\n')
  await writeFile(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n')
  const mounted = ['hosts', 'resolv.conf'].map((name) => `mount --bind '${join(folder, name)}' /etc/${name}`)
  const program = join(import.meta.dirname, 'names-program.ts')
  const start = ['ip link set lo up', ...mounted, `exec '${process.execPath}' '${program}' ${which}`].join(' && ')
  const { stdout } = await promisify(execFile)('unshare', [...ALONE, start], { timeout: 120_000 })
  return JSON.parse(/^RESULT (.+)$/m.exec(stdout)?.[1] ?? 'null') as never
}
type Opened = { readonly ms: number; readonly problem: string }
const problems = (all: readonly Opened[]) => all.flatMap(({ problem }) => (problem === '' ? [] : [problem]))
const longest = (all: readonly Opened[]) => Math.max(...all.map(({ ms }) => ms))

test.skipIf(!isAllowed)(
  'W18, T08: names that never resolve hold up none that do',
  async () => {
    const { known, again, readMs, mute }: { known: Opened[]; again: Opened[]; readMs: number; mute: Opened[] } =
      await tried('silent')
    expect([...problems(known), ...problems(again)]).toEqual([])
    expect(longest([...known, ...again])).toBeLessThan(5_000)
    expect(readMs).toBeLessThan(1_000)
    expect(problems(mute)).toHaveLength(8)
    for (const text of problems(mute))
      expect(text).toMatch(/mute\d\.example:\d+\/.*(does not resolve now: check DNS|no connection came about in time)/)
  },
  150_000,
)

test.skipIf(!isAllowed)(
  'W19: one of several addresses that cannot be reached costs little, and each is named',
  async () => {
    const { far, shut }: { far: Opened; shut: Opened } = await tried('attempts')
    expect(far.problem).toBe('')
    expect(far.ms).toBeLessThan(5_000)
    expect(shut.problem).toMatch(/::1: .*127\.0\.0\.1: nothing listens there/)
    expect(shut.problem).not.toMatch(/AggregateError/)
  },
  150_000,
)

test.skipIf(!isAllowed)(
  'M20: a name has two addresses, and the server has one',
  async () => {
    const two: Opened = await tried('two')
    expect(two.problem).toBe('')
  },
  150_000,
)

test.skipIf(!isAllowed)(
  'D01: a name moves, and is looked up anew',
  async () => {
    const { before, after }: { before: Opened; after: Opened } = await tried('moves')
    expect(problems([before, after])).toEqual([])
  },
  150_000,
)
