import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { askWith, runServe, type ServeOptions } from '../../../../infra/local/serve/run-serve.ts'
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

test('what is printed asks this run and no other, whatever was logged in to', () => {
  const said = askWith('http://127.0.0.1:80', "/home/o'neil/nightcrier-data/function-key")
  const shown = String(execFileSync('sh', ['-c', said.replace('cat ', 'echo ').replace('nightcrier incidents', 'env')]))
  expect(shown).toContain('NIGHTCRIER_URL=http://127.0.0.1:80\n')
  expect(shown).toContain("NIGHTCRIER_KEY=/home/o'neil/nightcrier-data/function-key\n")
})
