import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { processContainerGroups } from '../../../infra/local/process-groups.ts'
import type { ContainerSpec, GroupSpec } from '../../../shared/runtime/container-groups.ts'

const root = mkdtempSync(join(tmpdir(), 'nightcrier-groups-'))
const programs = join(root, 'programs')
const folder = join(root, 'groups')
mkdirSync(programs)
const groups = processContainerGroups(folder, programs)
afterAll(async () => {
  for (const { name } of await groups.list()) await groups.remove(name)
  rmSync(root, { recursive: true })
})

function program(name: string, code: string): string {
  writeFileSync(join(programs, `${name}.mjs`), code)
  return `${name}.mjs`
}
const container = (entry: string, more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  name: 'broker',
  entry,
  environment: {},
  mountsFiles: true,
  sealed: false,
  cpu: 1,
  memoryGb: 1,
  ...more,
})
const spec = (name: string, containers: ContainerSpec[], files = {}): GroupSpec => ({
  name,
  tags: { incident: name },
  containers,
  files,
})
const ended = async (name: string) => {
  await expect.poll(async () => (await groups.get(name))?.state, { timeout: 10_000 }).not.toMatch(/running|pending/)
  return groups.get(name)
}
test('a sealed container reads neither the files beside it nor the machine, and starts nothing', async () => {
  const entry = program(
    'sealed',
    `import { readFileSync } from 'node:fs'
     import { spawnSync } from 'node:child_process'
     const tried = (act) => { try { return String(act()).length > 0 ? 'done' : 'nothing' } catch (error) { return error.code } }
     console.log(JSON.stringify({
       kubeconfig: tried(() => readFileSync('files/kubeconfig')),
       broker: tried(() => readFileSync('/proc/' + process.ppid + '/environ')),
       shell: tried(() => spawnSync('/bin/sh', ['-c', 'echo x']).stdout),
       network: await fetch('http://127.0.0.1:9').catch((error) => error.cause?.code ?? error.message),
     }))`,
  )
  const files = { kubeconfig: 'users: []' }
  const both = [true, false].map((sealed) =>
    container(entry, { name: sealed ? 'agent' : 'broker', mountsFiles: false, sealed }),
  )
  await groups.start(spec('sealed', both, files))
  await ended('sealed')
  await ended('sealed')
  const [agent, broker] = await Promise.all(['agent', 'broker'].map((name) => groups.logs('sealed', name)))
  const denied = 'ERR_ACCESS_DENIED'
  expect(JSON.parse(agent!)).toMatchObject({ kubeconfig: denied, broker: denied, shell: denied })
  expect(JSON.parse(agent!).network).not.toBe(denied)
  // Without the seal the same program could.
  expect(JSON.parse(broker!)).toMatchObject({ kubeconfig: 'done', shell: 'done' })
})

test('a container trusts whom this machine trusts: what it hands in may go through a proxy with its own certificate', async () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  const entry = program('trust', 'console.log("<" + process.env.NODE_EXTRA_CA_CERTS + ">")')
  for (const [index, [ours, its]] of [
    ['/nowhere/ca.pem', '/nowhere/ca.pem'],
    // A container stands in a folder of its own.
    ['certificates/ca.pem', resolve('certificates/ca.pem')],
    ['', 'undefined'],
  ].entries()) {
    vi.stubEnv('NODE_EXTRA_CA_CERTS', ours)
    const name = `trust-${index}`
    await groups.start(spec(name, [container(entry, { mountsFiles: false })]))
    await ended(name)
    expect(await groups.logs(name, 'broker')).toContain(`<${its}>`)
  }
})

const forever = 'console.log("here"); setInterval(() => {}, 1000)'

test('a container sees its own environment and files, and nothing of ours', async () => {
  vi.stubEnv('OUR_OWN_SECRET', 'ours')
  vi.stubEnv('NODE_EXTRA_CA_CERTS', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  const entry = program(
    'look',
    `import { readFileSync } from 'node:fs'
     const folder = process.env.NIGHTCRIER_FILES
     console.log(JSON.stringify({ env: process.env, job: folder && readFileSync(folder + '/job.json', 'utf8') }))`,
  )
  const agent = container(entry, { name: 'agent', environment: { B: '2' }, mountsFiles: false })
  await groups.start(spec('look', [container(entry, { environment: { A: '1' } }), agent], { 'job.json': '{}' }))
  expect(await ended('look')).toEqual({ name: 'look', tags: { incident: 'look' }, state: 'succeeded', exitCode: 0 })
  const broker = JSON.parse(await groups.logs('look', 'broker'))
  const files = join(folder, 'look', 'files')
  // The shell adds where it stands, which is the group's own folder.
  expect(broker).toEqual({ env: { A: '1', NIGHTCRIER_FILES: files, PWD: join(folder, 'look') }, job: '{}' })
  expect(JSON.parse(await groups.logs('look', 'agent')).env).toEqual({ B: '2', PWD: join(folder, 'look') })
  expect(statSync(files).mode & 0o777).toBe(0o700)
  expect(statSync(join(files, 'job.json')).mode & 0o777).toBe(0o600)
  await groups.remove('look')
  expect(existsSync(join(folder, 'look'))).toBe(false)
  delete process.env.OUR_OWN_SECRET
})

test('starting a group twice, even at once, finds the first', async () => {
  const entry = program('twice', forever)
  const answers = await Promise.all([1, 2, 3].map(() => groups.start(spec('twice', [container(entry)]))))
  expect(answers.toSorted()).toEqual(['already-there', 'already-there', 'started'])
  expect((await groups.list()).filter(({ name }) => name === 'twice')).toHaveLength(1)
  await groups.remove('twice')
})

test('the exit code is that of the container that ended worst', async () => {
  const good = container(program('good', ''))
  const bad = container(program('bad', 'process.exit(3)'), { name: 'agent' })
  await groups.start(spec('worst', [good, bad]))
  expect(await ended('worst')).toMatchObject({ state: 'failed', exitCode: 3 })
})

test('a group outlives its starter and is seen, read and ended by another process', async () => {
  const module = new URL('../../../infra/local/process-groups.ts', import.meta.url).href
  const entry = program('long', forever)
  const code = `const { processContainerGroups } = await import('${module}')
    await processContainerGroups('${folder}', '${programs}').start(${JSON.stringify(spec('long', [container(entry)]))})`
  const starter = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' })
  expect(await once(starter, 'exit')).toEqual([0, null])
  await expect.poll(() => groups.logs('long', 'broker'), { timeout: 10_000 }).toBe('here\n')
  expect(await groups.get('long')).toMatchObject({ state: 'running' })
  await groups.remove('long')
  expect(await groups.get('long')).toBeUndefined()
  await groups.remove('long')
})

test('a program that does not want to end is ended by force', async () => {
  const stubborn = program(
    'stubborn',
    `process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000)`,
  )
  await groups.start(spec('stubborn', [container(stubborn)]))
  await expect.poll(() => groups.logs('stubborn', 'broker'), { timeout: 10_000 }).toMatch(/^\d+\n$/)
  const pid = Number(await groups.logs('stubborn', 'broker'))
  await groups.remove('stubborn')
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('a pid that now belongs to somebody else is not touched', async () => {
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
  try {
    await groups.start(spec('reused', [container(program('quick', ''))]))
    await ended('reused')
    rmSync(join(folder, 'reused', 'broker.exit'))
    writeFileSync(join(folder, 'reused', 'broker.pid'), `${bystander.pid}\n`)
    expect(await groups.get('reused')).toMatchObject({ state: 'failed', exitCode: 137 })
    await groups.remove('reused')
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull()
    expect(process.kill(bystander.pid!, 0)).toBe(true)
  } finally {
    bystander.kill('SIGKILL')
  }
})

test('names that would leave the folder are refused', async () => {
  const entry = program('any', '')
  await expect(groups.start(spec('../x', [container(entry)]))).rejects.toThrow('no name of a container group')
  await expect(groups.start(spec('x', [container(entry)], { '../y': '' }))).rejects.toThrow('no name of a file')
  await expect(groups.start(spec('x', [container('none.mjs')]))).rejects.toThrow('npm run build')
  expect(await groups.get('../x')).toBeUndefined()
  expect(await groups.logs('x', '../../secret')).toBe('')
})
