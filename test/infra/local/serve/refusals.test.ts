import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { runServe, type ServeOptions } from '../../../../infra/local/serve/run-serve.ts'
import { openStateFolder } from '../../../../infra/local/serve/state-folder.ts'
import { createScreen } from '../../../../infra/local/start/screen.ts'

const place = mkdtempSync(join(tmpdir(), 'nightcrier-serve-'))
afterAll(() => rmSync(place, { recursive: true }))
const screen = createScreen({ verbose: false })
const options: ServeOptions = {
  data: join(place, 'data'),
  kubeconfig: [],
  inCluster: false,
  clusterName: 'here',
  port: 47_119,
  host: '127.0.0.1',
}
const refusal = (given: Partial<ServeOptions>) =>
  runServe({ ...options, ...given }, screen, new AbortController().signal).then(
    () => '',
    (error: Error) => error.message,
  )

test('what cannot be served is refused in one sentence with what to do', async () => {
  expect(await refusal({})).toContain('Say what to watch: --kubeconfig')
  expect(await refusal({ kubeconfig: [join(place, 'none')] })).toContain('Name a file, or a folder of them')
  const empty = join(place, 'empty')
  mkdirSync(empty)
  expect(await refusal({ kubeconfig: [empty] })).toContain('holds no kubeconfig')
  expect(await refusal({ inCluster: true })).toContain('--in-cluster needs a pod')
  writeFileSync(join(place, 'file'), '')
  expect(await refusal({ data: join(place, 'file', 'x') })).toContain('Give one that user')
})

test('a port that is taken is told before anything starts', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((done) => server.once('listening', done))
  const { port } = server.address() as { port: number }
  expect(await refusal({ port })).toContain(`Port ${port} of 127.0.0.1 cannot be had`)
})

test('a folder is given back, keeps its key, and holds a lock of our own number for an old one', async () => {
  const first = await openStateFolder(join(place, 'kept'))
  await first.keepPorts({ blob: 1, queue: 2, table: 3 })
  const again = await openStateFolder(join(place, 'kept'))
  expect(again.functionKey).toBe(first.functionKey)
  expect(first.functionKey.length).toBeGreaterThan(32)
  expect(again.ports).toEqual({ blob: 1, queue: 2, table: 3 })
  writeFileSync(join(place, 'kept', 'ports.json'), 'half of')
  expect((await openStateFolder(join(place, 'kept'))).ports).toBeUndefined()
})
