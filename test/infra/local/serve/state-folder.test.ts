import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { lockFolder, type Taker } from '../../../../infra/local/serve/folder-lock.ts'
import { openStateFolder } from '../../../../infra/local/serve/state-folder.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'

const place = mkdtempSync(join(tmpdir(), 'nightcrier-folder-'))
afterAll(() => rmSync(place, { recursive: true }))
const never = new AbortController().signal
const nothing = async () => {}
let number = 0
const newLock = () => join(place, `lock-${number++}`)

/** Waits take no time and move the clock; touches come when the test says so. */
function virtual(host: string, pid: number, onLook: () => void = () => {}, table = `table-of-${host}`) {
  let at = Date.now()
  let wake = () => {}
  const taker: Taker = {
    host,
    table,
    pid,
    clock: {
      now: () => new Date(at),
      sleep: (ms, signal) => {
        at += ms
        if (ms < 5_000) return Promise.resolve(onLook())
        return new Promise((done) => {
          wake = done
          signal?.addEventListener('abort', () => done(), { once: true })
        })
      },
    },
  }
  return { taker, wake: () => wake(), passed: () => at }
}

test('a folder is given back, keeps its key, and what only a run needs is empty at its start and gone at its end', async () => {
  const folder = join(place, 'kept')
  const first = await openStateFolder(folder, never)
  await first.keepPorts({ blob: 1, queue: 2, table: 3 })
  expect(statSync(first.run).mode & 0o777).toBe(0o700)
  writeFileSync(join(first.run, 'kubeconfig-0'), 'token: not-a-real-token')
  await first.release()
  expect(existsSync(first.run)).toBe(false)
  expect(existsSync(join(folder, 'lock'))).toBe(false)
  const again = await openStateFolder(folder, never)
  expect(again.functionKey).toBe(first.functionKey)
  expect(first.functionKey.length).toBeGreaterThan(32)
  expect(again.ports).toEqual({ blob: 1, queue: 2, table: 3 })
  // Killed: what it held stays until the next start.
  writeFileSync(join(again.run, 'kubeconfig-0'), 'token: not-a-real-token')
  writeFileSync(join(folder, 'ports.json'), 'half of')
  const third = await openStateFolder(folder, never)
  expect(third.ports).toBeUndefined()
  expect(existsSync(join(third.run, 'kubeconfig-0'))).toBe(false)
  // The killed one wakes up: neither the lock nor what the other has is its own.
  writeFileSync(join(third.run, 'kubeconfig-0'), 'of the third')
  await again.release()
  expect(existsSync(join(third.run, 'kubeconfig-0'))).toBe(true)
  expect(existsSync(join(folder, 'lock'))).toBe(true)
  await third.release()
})

test('a process of this machine is refused while the other runs, and takes over when it does not', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', 'serve'])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  const file = newLock()
  const here = { clock: systemClock, host: hostname(), table: 'this-table', pid: process.pid }
  writeFileSync(file, `${hostname()} this-table ${child.pid} some-run\n`)
  await expect(lockFolder(file, 'here', never, here)).rejects.toThrow(`Process ${child.pid} works on here already`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await lockFolder(file, 'here', never, here)
  expect(readFileSync(file, 'utf8')).toContain(`${hostname()} this-table ${process.pid} `)
  await lock.release(nothing)
  expect(existsSync(file)).toBe(false)
})

test('two containers have one number: the one that lives is seen by its touches, the one that died by their end', async () => {
  const file = newLock()
  const first = await lockFolder(file, 'there', never, virtual('pod-a', 1).taker)
  const touch = () => utimesSync(file, new Date(), new Date(statSync(file).mtimeMs + 5_000))
  let looks = 0
  const second = virtual('pod-b', 1, () => void (++looks === 4 && touch()))
  await expect(lockFolder(file, 'there', never, second.taker)).rejects.toThrow('Process 1 of pod-a works on there')
  expect(looks).toBe(4)
  looks = 10
  const third = virtual('pod-b', 1, () => void looks++)
  const begun = third.passed()
  const lock = await lockFolder(file, 'there', never, third.taker)
  expect(third.passed() - begun).toBeLessThanOrEqual(32_000)
  expect(readFileSync(file, 'utf8')).toContain('pod-b table-of-pod-b 1 ')
  const fourth = await lockFolder(file, 'there', never, virtual('pod-c', 1).taker)
  await first.release(async () => expect.fail('it is not its own'))
  await lock.release(async () => expect.fail('it is not its own'))
  expect(readFileSync(file, 'utf8')).toContain('pod-c table-of-pod-c 1 ')
  await fourth.release(nothing)
})

test('whoever lives on a machine whose clock is behind keeps the folder', async () => {
  const file = newLock()
  await lockFolder(file, 'there', never, virtual('pod-a', 1).taker)
  const touch = (ago: number) => utimesSync(file, new Date(), new Date(Date.now() - ago))
  touch(60_000)
  let looks = 0
  const second = virtual('pod-b', 1, () => void (++looks === 4 && touch(55_000)))
  await expect(lockFolder(file, 'there', never, second.taker)).rejects.toThrow('Process 1 of pod-a works on there')
})

test('two containers on the network of one machine share its name and none of their processes', async () => {
  const file = newLock()
  await lockFolder(file, 'there', never, virtual('node-1', 1, undefined, 'of-a').taker)
  const touch = () => utimesSync(file, new Date(), new Date(statSync(file).mtimeMs + 5_000))
  for (const pid of [1, 4711]) {
    const second = virtual('node-1', pid, touch, 'of-b')
    await expect(lockFolder(file, 'there', never, second.taker)).rejects.toThrow('Process 1 of node-1 works on there')
  }
  // One that was killed had our number in our table; an earlier version named no table.
  const again = virtual('node-1', 1, () => expect.fail('it waited'), 'of-a')
  await lockFolder(file, 'there', never, again.taker)
  writeFileSync(file, 'node-1 1 of-an-earlier-version\n')
  const fourth = virtual('node-1', 1, touch, 'of-a')
  await expect(lockFolder(file, 'there', never, fourth.taker)).rejects.toThrow('Process 1 of node-1 works on there')
})

test.runIf(process.platform === 'linux')(
  'a folder is taken in the name of this boot and this table of processes',
  async () => {
    const { path, release } = await openStateFolder(join(place, 'named'), never)
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const table = `${boot}/${readlinkSync('/proc/self/ns/pid')}`
    expect(readFileSync(join(path, 'lock'), 'utf8')).toContain(`${hostname()} ${table} ${process.pid} `)
    await release()
  },
)

test('who lost the folder hears of it at its next touch; a lock that somebody removed is made again', async () => {
  const file = newLock()
  const one = virtual('pod-a', 1)
  const lock = await lockFolder(file, 'there', never, one.taker)
  const mine = readFileSync(file, 'utf8')
  rmSync(file)
  one.wake()
  await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toBe(mine)
  expect(lock.lost.aborted).toBe(false)
  writeFileSync(file, 'pod-b 1 another\n')
  const lostAfterTouch = () => {
    one.wake()
    return lock.lost.aborted
  }
  await expect.poll(lostAfterTouch).toBe(true)
})

test('of many that start at once on a dead lock, one gets it', async () => {
  for (let round = 0; round < 20; round++) {
    const file = newLock()
    const dead = round % 2 === 0 ? 'pod-z 1 dead\n' : '4711'
    writeFileSync(file, dead)
    const touching = Array.from({ length: 6 }, (_, index) => {
      // Whoever waits sees the winner touch.
      const touch = () => {
        if (existsSync(file) && readFileSync(file, 'utf8') !== dead)
          utimesSync(file, new Date(), new Date(statSync(file).mtimeMs + 1_000))
      }
      return lockFolder(file, 'there', never, virtual(`pod-${index}`, 1, touch).taker)
    })
    const settled = await Promise.allSettled(touching)
    const got = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(got, `${settled.map((one) => (one.status === 'rejected' ? one.reason : 'got'))}`).toHaveLength(1)
    for (const lock of got) await lock.release(nothing)
    expect(existsSync(file)).toBe(false)
  }
})
