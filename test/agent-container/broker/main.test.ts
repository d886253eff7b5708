import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Verdict } from '../../../shared/artifacts/verdict.ts'
import { readBundle } from '../../../shared/report/bundle/read-bundle.ts'
import { type Simulator, startSimulator } from '../../simulator/simulator.ts'
import { crashingWeb, crashJob } from '../crashing-web.ts'
import { startStorage } from './storage.ts'

let storage: Awaited<ReturnType<typeof startStorage>>
let simulator: Simulator
let folder: string
beforeEach(async () => {
  storage = await startStorage()
  simulator = await startSimulator(crashingWeb)
  folder = await mkdtemp(join(tmpdir(), 'broker-'))
})
afterEach(async () => {
  await Promise.all([storage.stop(), simulator.stop(), rm(folder, { recursive: true, force: true })])
})

/** The broker as a group runs it: its own process, one variable, its files. */
async function broker(files: Readonly<Record<string, string>>, stopAfter?: () => Promise<void>) {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  const entry = new URL('../../../agent-container/broker/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [entry], {
    env: { NIGHTCRIER_FILES: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (stopAfter !== undefined) {
    await stopAfter()
    child.kill('SIGTERM')
  }
  return { code: await ended, said: () => said }
}
const withKubeconfig = (seconds: number, kubeconfig: string) => ({
  'job.json': JSON.stringify(crashJob(storage.upload, seconds)),
  kubeconfig,
})

test('a crash is explained, and the bundle comes before the message', async () => {
  const { code } = await broker(withKubeconfig(30, simulator.kubeconfig))
  expect(code).toBe(0)
  const bundle = storage.bundle()!
  expect(bundle.ended).toBe('completed')
  const verdict = Verdict.parse(JSON.parse(bundle.files['verdict.json']!))
  expect(verdict.rootCauses[0]).toMatchObject({ kind: 'Deployment', name: 'web', class: 'MissingEnvironmentVariable' })
  expect(bundle.files['investigation.md']).toContain('## 6. Supporting Evidence')
  expect(storage.messages).toEqual([{ version: 1, incidentId: bundle.incidentId, fence: 1, ended: 'completed' }])
  expect(storage.requests).toEqual(['PUT /bundles/b.json.gz', 'POST /results/messages'])
  expect(readBundle(gzipSync(JSON.stringify(bundle))).problems).toEqual([])
})

test('running it again changes nothing: the first bundle stands, and the message is sent once more', async () => {
  await broker(withKubeconfig(30, simulator.kubeconfig))
  const first = JSON.stringify(storage.bundle())
  const { code } = await broker(withKubeconfig(30, simulator.kubeconfig))
  expect(code).toBe(0)
  expect(JSON.stringify(storage.bundle())).toBe(first)
  expect(storage.messages).toHaveLength(2)
})

test('a cluster that cannot be reached still leaves a bundle that says so', async () => {
  const { kubeconfig } = simulator
  await simulator.stop()
  const { code } = await broker(withKubeconfig(30, kubeconfig))
  expect(code).toBe(1)
  expect(storage.bundle()).toMatchObject({ ended: 'failed' })
  expect(storage.bundle()!.notes.join(' ')).toMatch(/could not be read: .*Everything about its state is missing/)
  expect(storage.messages[0]).toMatchObject({ ended: 'failed' })
  expect(storage.messages[0]!.reason).toContain('could not be read')
})

test('a credential that is refused is told as that', async () => {
  const { code } = await broker(
    withKubeconfig(30, simulator.kubeconfig.replaceAll(simulator.token, 'another-token-that-nobody-knows')),
  )
  expect(code).toBe(1)
  expect(storage.bundle()!.notes.join(' ')).toMatch(/does not accept the credential/)
})

test('a kubeconfig that is none is told as that', async () => {
  const { code } = await broker(withKubeconfig(30, 'nonsense: ['))
  expect(code).toBe(1)
  expect(storage.bundle()!.notes.join(' ')).toMatch(/kubeconfig/)
})

test('a cluster that never answers ends at the deadline, with a bundle', async () => {
  simulator.pause()
  const { code } = await broker(withKubeconfig(3, simulator.kubeconfig))
  simulator.resume()
  expect(code).toBe(11)
  expect(storage.bundle()).toMatchObject({ ended: 'timeout' })
  expect(storage.messages[0]).toMatchObject({ ended: 'timeout' })
})

test('when it is stopped, what it has is published', async () => {
  simulator.pause()
  const { code } = await broker(
    withKubeconfig(60, simulator.kubeconfig),
    // In the midst of its first look.
    () => expect.poll(simulator.paused, { timeout: 20_000 }).toBeGreaterThan(0),
  )
  simulator.resume()
  expect(code).toBe(11)
  expect(storage.bundle()).toMatchObject({ ended: 'timeout' })
})

test('storage that is busy is asked again', async () => {
  storage.refuse(2)
  const { code } = await broker(withKubeconfig(30, simulator.kubeconfig))
  expect(code).toBe(0)
  expect(storage.messages).toHaveLength(1)
})

test('a link that is refused ends in one plain sentence', async () => {
  const files = withKubeconfig(30, simulator.kubeconfig)
  const { code, said } = await broker({ ...files, 'job.json': files['job.json'].replaceAll('sig=secret', 'sig=other') })
  expect(code).toBe(1)
  expect(said()).toContain('Storage did not take the bundle: 403 AuthenticationFailed')
  expect(storage.requests).toHaveLength(1)
})

test('without its files it says which one is missing', async () => {
  const { code, said } = await broker({})
  expect(code).toBe(1)
  expect(said()).toMatch(/job\.json cannot be read/)
})
