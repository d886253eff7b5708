import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../../../shared/mcp-server/server/read-config.ts'
import { createKubernetesMcp } from '../../../../shared/mcp-server/server/server.ts'
import { directorySource } from '../../../../shared/mcp-server/sources/directory-source.ts'
import { apiOfThisCluster, inClusterSource } from '../../../../shared/mcp-server/sources/in-cluster-source.ts'
import { openSources } from '../../../../shared/mcp-server/sources/open-sources.ts'
import { sourcedTargets } from '../../../../shared/mcp-server/sources/sourced-targets.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'
import { loopbackCertificate } from '../../../simulator/certificate.ts'
import { json, kubeconfigFor, loopbackApi } from '../../kubernetes/loopback-api.ts'
import { node } from '../pods.ts'
import { caller, simulated } from '../setup.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sources-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}
/** The server's clusters as its command line would have them; each look counts. */
async function opened(
  flags: Parameters<typeof readConfig>[1],
  environment: Record<string, string> = {},
  toml?: string,
) {
  let now = Date.now()
  const clock = {
    ...systemClock,
    now: () => {
      now += 2_000
      return new Date(now)
    },
  }
  const file = toml === undefined ? undefined : { text: toml, where: 'nightcrier-mcp.toml', folder: '/' }
  const { config } = readConfig(file, flags, environment)
  const sources = await openSources(config, { environment, clock, allowExec: false, log: () => undefined })
  const options = { aliases: config.cluster_aliases, preferred: config.default_cluster, clock }
  const targets = sourcedTargets(sources, options)
  onTestFinished(targets.close)
  await targets.ready()
  return targets
}
const names = (targets: { list: () => readonly { name: string }[] }) => targets.list().map(({ name }) => name)
const contexts = (all: Record<string, { server?: string; token?: string; ca?: string }>, current = '') =>
  JSON.stringify({
    clusters: Object.entries(all).map(([name, { server, ca }]) => ({
      name,
      cluster: { server, ...(ca === undefined ? {} : { 'certificate-authority': ca }) },
    })),
    users: Object.entries(all).map(([name, { token = 't' }]) => ({ name, user: { token } })),
    contexts: Object.keys(all).map((name) => ({ name, context: { cluster: name, user: name } })),
    'current-context': current,
  })
const at = (name: string) => `https://${name}.example`

test('several kubeconfigs count as kubectl merges them: the first entry of a name, across files, with paths of their own', async () => {
  const [one, two] = [folder(), folder()]
  writeFileSync(join(one, 'ca.pem'), '-----BEGIN CERTIFICATE-----')
  writeFileSync(join(one, 'config'), contexts({ a: { server: at('first'), ca: 'ca.pem' } }))
  const second = JSON.parse(contexts({ a: { server: at('second') }, b: { server: at('b') } }))
  // Its cluster stands in the first file.
  second.contexts.push({ name: 'across', context: { cluster: 'a', user: 'b', namespace: 'shop' } })
  writeFileSync(join(two, 'config'), JSON.stringify(second))
  const files = [join(one, 'config'), join(two, 'config')]
  const flags = await opened({ kubeconfig: files })
  expect(flags.list()).toMatchObject([
    { name: 'a', server: at('first'), source: `kubeconfig ${files[0]}` },
    { name: 'b', server: at('b'), source: `kubeconfig ${files[1]}` },
    { name: 'across', server: at('first'), namespace: 'shop' },
  ])
  // $KUBECONFIG is the same, and skips files that are not there.
  const listed = await opened({}, { KUBECONFIG: ['/nowhere', ...files].join(delimiter) })
  expect(listed.list().map(({ name, server }) => [name, server])).toEqual(
    flags.list().map(({ name, server }) => [name, server]),
  )
})

test('a broken one of several kubeconfigs spoils all, since its names could mean other clusters', async () => {
  const here = folder()
  writeFileSync(join(here, 'good'), contexts({ a: { server: at('a') } }))
  writeFileSync(join(here, 'bad'), 'a: [')
  const targets = await opened({ kubeconfig: [join(here, 'bad'), join(here, 'good')] })
  expect(names(targets)).toEqual([])
  expect(targets.problems()).toEqual([expect.stringMatching(/bad: the kubeconfig is not YAML \(line 1/)])
})

test('a folder: the file’s name is the cluster’s, broken files and twins are told and hurt no other', async () => {
  const here = folder()
  const put = (name: string, text: string) => writeFileSync(join(here, name), text)
  put('east.yaml', contexts({ whatever: { server: at('east') } }))
  put('west.kubeconfig', contexts({ x: { server: at('west') }, y: { server: at('no') } }, 'x'))
  put('twin.yaml', contexts({ x: { server: at('one') } }))
  put('twin.yml', contexts({ x: { server: at('two') } }))
  put('broken.yaml', 'token: s3cret: x')
  put('two.yml', contexts({ x: { server: at('x') }, y: { server: at('y') } }))
  put('.hidden.yaml', contexts({ x: { server: at('x') } }))
  put('README.md', 'no kubeconfig')
  mkdirSync(join(here, 'sub.yaml'))
  const targets = await opened({ kubeconfigDir: [here] })
  const problem = (name: string) => targets.find(name).problem
  expect(names(targets).sort()).toEqual(['broken', 'east', 'sub', 'twin', 'two', 'west'])
  expect(targets.find('east')).toMatchObject({ server: at('east'), source: `file ${join(here, 'east.yaml')}` })
  expect(targets.find('west')).toMatchObject({ server: at('west') })
  expect(problem('twin')).toContain('holds twin.yaml and twin.yml, which would both be the cluster "twin"')
  expect(problem('broken')).toMatch(/broken\.yaml: the kubeconfig is not YAML/)
  expect(problem('broken')).not.toContain('s3cret')
  expect(problem('two')).toMatch(/no current context\. Set current-context to one of: x, y/)
  expect(() => targets.at('twin')).toThrow('Rename one of them')
})

test('files that come, change and go count with the next call, without a restart', async () => {
  const here = folder()
  await using first = await loopbackApi((_, response) => json(response, { gitVersion: 'v1.first' }))
  await using second = await loopbackApi((_, response) => json(response, { gitVersion: 'v1.second' }))
  writeFileSync(join(here, 'a.yaml'), kubeconfigFor(first.url))
  const targets = await opened({ kubeconfigDir: [here] })
  const held = targets.at('a')
  expect(await held.version()).toBe('v1.first')
  writeFileSync(join(here, 'a.yaml'), kubeconfigFor(second.url, { token: 'another' }))
  writeFileSync(join(here, 'b.yaml'), kubeconfigFor(first.url))
  // Who has held it for long is led to where it is now.
  expect(await held.version()).toBe('v1.second')
  expect(names(targets)).toEqual(['a', 'b'])
  rmSync(join(here, 'a.yaml'))
  await expect(held.version()).rejects.toThrow('There is no cluster "a". Known: b.')
})

test('a folder that is mounted with links, as Kubernetes does it, is read through them', async () => {
  const here = folder()
  mkdirSync(join(here, '..data'))
  writeFileSync(join(here, '..data', 'east.yaml'), contexts({ x: { server: at('east') } }))
  symlinkSync(join(here, '..data', 'east.yaml'), join(here, 'east.yaml'))
  expect(names(await opened({ kubeconfigDir: [here] }))).toEqual(['east'])
})

test('a mounted folder that is swapped whole, as Kubernetes does it: paths beside the file, new content, no copies', async () => {
  const here = folder()
  await using api = await loopbackApi(({ headers }, response) =>
    json(response, { gitVersion: `v1.${headers.authorization?.replace('Bearer ', '')}` }),
  )
  const { hostname, port } = new URL(api.url)
  const mount = (name: string, token: string, files: readonly string[]) => {
    mkdirSync(join(here, name))
    writeFileSync(join(here, name, 'token'), token)
    const text = JSON.stringify({
      clusters: [{ name: 'x', cluster: { server: `http://${hostname}:${port}` } }],
      users: [{ name: 'x', user: { tokenFile: 'token' } }],
      contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
      'current-context': 'x',
    })
    for (const file of files) {
      writeFileSync(join(here, name, file), text)
      if (!existsSync(join(here, file))) symlinkSync(join('..data', file), join(here, file))
    }
    if (!existsSync(join(here, 'token'))) symlinkSync(join('..data', 'token'), join(here, 'token'))
    symlinkSync(name, join(here, '..data_tmp'))
    renameSync(join(here, '..data_tmp'), join(here, '..data'))
  }
  mount('..2026_11_27_10_00_00.123', 'first', ['east.yaml'])
  for (const other of ['east.yaml~', '.east.yaml.swp', '._east.yaml']) writeFileSync(join(here, other), 'x')
  const targets = await opened({ kubeconfigDir: [here] })
  expect(names(targets)).toEqual(['east'])
  const held = targets.at('east')
  expect(await held.version()).toBe('v1.first')
  mount('..2026_11_27_10_02_00.456', 'second', ['east.yaml', 'west.yaml'])
  rmSync(join(here, '..2026_11_27_10_00_00.123'), { recursive: true })
  expect(await held.version()).toBe('v1.second')
  expect([names(targets), targets.problems()]).toEqual([['east', 'west'], []])
})

test('files that lead to one API server are named: copied from several machines, or one cluster twice', async () => {
  const here = folder()
  const write = (file: string, server: string) =>
    writeFileSync(join(here, file), contexts({ default: { server } }, 'default'))
  write('a.yaml', 'https://127.0.0.1:6443')
  write('b.yaml', 'https://127.0.0.1:6443/')
  write('c.yaml', 'https://X.hcp.westeurope.azmk8s.io:443')
  write('d.yaml', 'https://x.hcp.westeurope.azmk8s.io')
  write('e.yaml', 'https://alone.example')
  const source = directorySource({ directory: here, clock: systemClock })
  await source.refresh()
  expect(source.notes?.()).toEqual([
    expect.stringMatching(/: a\.yaml, b\.yaml lead to the same API server https:\/\/127.*whatever machine asks/),
    expect.stringMatching(/: c\.yaml, d\.yaml lead to the same API server .*look like one cluster/),
  ])
})

test('one name in two places that were written down is neither of them, and says both places', async () => {
  const [one, two] = [folder(), folder()]
  writeFileSync(join(one, 'config'), contexts({ east: { server: at('one') }, other: { server: at('other') } }))
  writeFileSync(join(two, 'east.yaml'), contexts({ x: { server: at('two') } }))
  const targets = await opened({ kubeconfig: [join(one, 'config')], kubeconfigDir: [two] })
  expect(targets.find('east').problem).toBe(
    `"east" is the name of two clusters, in kubeconfig ${one}/config and in file ${two}/east.yaml. Rename one of them.`,
  )
  expect(targets.find('other').problem).toBeUndefined()
})

test('the own cluster: the service account’s token is read anew when it is refused or runs out', async () => {
  const here = folder()
  let accepted = 'one'
  await using api = await loopbackApi((request, response) =>
    request.headers.authorization === `Bearer ${accepted}`
      ? json(response, { gitVersion: 'v1.33' })
      : json(response, { kind: 'Status', code: 401, message: 'Unauthorized' }, 401),
  )
  writeFileSync(join(here, 'token'), 'one\n')
  const targets = sourcedTargets([inClusterSource({ server: api.url, folder: here })], { youngMs: 0 })
  onTestFinished(targets.close)
  const own = targets.at('in-cluster')
  expect(await own.version()).toBe('v1.33')
  accepted = 'two'
  await expect(own.version()).rejects.toThrow('401')
  writeFileSync(join(here, 'token'), 'two')
  expect(await own.version()).toBe('v1.33')
  // Before its end, and without being refused: what runs out in a minute is read anew.
  const jwt = `x.${Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 1 })).toString('base64url')}.y`
  accepted = jwt
  writeFileSync(join(here, 'token'), jwt)
  await own.version()
  accepted = 'three'
  writeFileSync(join(here, 'token'), 'three')
  await new Promise((done) => setTimeout(done, 1_100))
  const before = api.arrived.length
  expect(await own.version()).toBe('v1.33')
  expect(api.arrived.length - before).toBe(1)
  expect(apiOfThisCluster({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' })).toBe(
    'https://[fd00::1]:443',
  )
})

test('nightcrier’s own clusters.yaml: names, labels, and kubeconfigs that are read with the first call', async () => {
  const here = folder()
  const { simulator } = await simulated({ objects: [node] })
  writeFileSync(join(here, 'east.kubeconfig'), simulator.kubeconfig)
  const clusters = ['east', 'gone'].map(
    (name) =>
      `  - { name: ${name}, environment: prod, mcp: { endpoint: "https://x.example" }, triage: { kubeconfig: "file:${name}.kubeconfig" } }`,
  )
  writeFileSync(
    join(here, 'clusters.yaml'),
    `clusters:\n${clusters.join('\n')}\n  - { name: no-kubeconfig, mcp: { endpoint: "https://y.example" } }\n`,
  )
  const targets = await opened({ clusters: join(here, 'clusters.yaml') })
  expect(targets.list()).toMatchObject([{ name: 'east', labels: { environment: 'prod' } }, { name: 'gone' }])
  const { call } = await caller({ targets })
  expect((await call('resources_list', { cluster: 'east', apiVersion: 'v1', kind: 'Node' })).isError).toBe(false)
  expect((await call('pods_list', { cluster: 'gone' })).text).toContain('there is no file')
})

test('aliases lead to their cluster, and a default counts only when it was set', async () => {
  const here = folder()
  const { simulator } = await simulated({ objects: [node] })
  for (const name of ['c1-sv5', 'c1-lax1']) writeFileSync(join(here, `${name}.yaml`), simulator.kubeconfig)
  const aliases = 'cluster_aliases = { production = "c1-sv5", west = "c1-lax1", lost = "c9", c1-lax1 = "c1-sv5" }'
  const set = await opened({ kubeconfigDir: [here] }, {}, `default_cluster = "production"\n${aliases}`)
  const { call } = await caller({ targets: set })
  expect((await call('resources_list', { apiVersion: 'v1', kind: 'Node' })).structured.cluster).toBe('c1-sv5')
  expect((await call('resources_list', { cluster: 'west', apiVersion: 'v1', kind: 'Node' })).structured.cluster).toBe(
    'c1-lax1',
  )
  const { text } = await call('clusters_list', { show_details: true })
  expect(text).toMatch(/c1-sv5 {2}\(default\).*also called production/)
  expect(text).toContain('! cluster_aliases.lost: there is no cluster "c9".')
  expect(text).toContain('! cluster_aliases.c1-lax1: "c1-lax1" is a cluster\'s own name.')
  const unset = await caller({ targets: await opened({ kubeconfigDir: [here] }) })
  expect((await unset.call('pods_list')).text).toBe('Say which cluster: c1-lax1, c1-sv5.')
  const wrong = await caller({ targets: await opened({ kubeconfigDir: [here], defaultCluster: 'nope' }) })
  expect((await wrong.call('pods_list')).text).toContain('There is no cluster "nope"')
})

test('the list says until when each credential is good, without asking a cluster, and shows nothing of it', async () => {
  const here = folder()
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'RS256' })}.${part({ exp: 4_000_000_000 })}.c2lnbmF0dXJlLW9mLXRva2Vu`
  writeFileSync(join(here, 'by-token.yaml'), contexts({ a: { server: at('a'), token } }, 'a'))
  const { cert, private: key } = await loopbackCertificate()
  const data = (text: string) => Buffer.from(text).toString('base64')
  const user = { 'client-certificate-data': data(cert), 'client-key-data': data(key) }
  const whole = { ...JSON.parse(contexts({ a: { server: at('a') } }, 'a')), users: [{ name: 'a', user }] }
  writeFileSync(join(here, 'by-certificate.yaml'), JSON.stringify(whole))
  const { call } = await caller({ targets: await opened({ kubeconfigDir: [here] }) })
  const { text, structured } = await call('clusters_list', { show_details: true })
  expect(text).toContain('token runs out 2096-10-02T07:06:40Z')
  const ends = new X509Certificate(cert).validToDate.toISOString().slice(0, 19)
  expect(text).toContain(`certificate runs out ${ends}Z`)
  expect(text + JSON.stringify(structured)).not.toMatch(/c2lnbmF0dXJl|BEGIN|LS0tLS1CRUdJTi/)
})

test('two hundred contexts of which one hangs: tools are there at once, and the one that hangs holds up no other', async () => {
  const here = folder()
  const hanging = createServer(() => undefined).listen(0, '127.0.0.1')
  onTestFinished(() => void hanging.close())
  await new Promise((done) => hanging.once('listening', done))
  const address = hanging.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const all = Object.fromEntries(Array.from({ length: 199 }, (_, index) => [`c${index}`, { server: at(`c${index}`) }]))
  writeFileSync(join(here, 'config'), contexts({ hangs: { server: `http://127.0.0.1:${port}` }, ...all }, 'hangs'))
  const began = performance.now()
  const targets = await opened({ kubeconfig: [join(here, 'config')] })
  const mcp = createKubernetesMcp({ targets, redact: { object: (o) => o, text: (t) => t } })
  onTestFinished(mcp.stop)
  expect(mcp.tools.length).toBeGreaterThan(20)
  const { call } = await caller({ targets })
  expect((await call('clusters_list')).text).toContain('# Clusters (200)')
  // A tenth of a second on a machine that is not busy; what must not happen is waiting for the one that hangs.
  expect(performance.now() - began).toBeLessThan(3_000)
})

test('what nsk is told to leave out is left out of the folder where it writes its files, too', async () => {
  const dir = folder()
  for (const name of ['c1-east', 'c1-legacy', 'other'])
    writeFileSync(join(dir, `${name}.yaml`), kubeconfigFor('https://127.0.0.1:6443'))
  const toml = `kubeconfig_dir = "${dir}"
[nsk]
nsk_path = "${join(dir, 'no-such-program')}"
config_dir = "${dir}"
profile = "p"
cluster_pattern = "^c1-"
exclude_clusters = ["c1-legacy"]
`
  const { config } = readConfig({ text: toml, where: 'x.toml', folder: '/' }, {}, {})
  const how = { environment: {}, clock: systemClock, allowExec: false, log: () => undefined }
  const [source] = await openSources(config, how)
  await source!.refresh()
  expect(source!.current().map(({ target }) => target.name)).toEqual(['c1-east'])
})
