import { createServer } from 'node:http'
import { connect, createServer as createPlainServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { proxyTo } from '../../../shared/kubernetes/proxy.ts'
import { loopbackCertificate } from '../../simulator/certificate.ts'
import { json, kubeconfigFor, loopbackApi } from './loopback-api.ts'

const P = 'http://proxy.example:3128'
test.each<[string, Record<string, string>, string | undefined]>([
  ['https://api.example', { HTTPS_PROXY: P }, P],
  ['https://api.example', { https_proxy: 'proxy.example:3128' }, P],
  ['https://api.example', { HTTP_PROXY: P }, undefined],
  ['https://api.example', { HTTPS_PROXY: P, NO_PROXY: '*' }, undefined],
  ['https://api.example', { HTTPS_PROXY: P, NO_PROXY: 'example' }, undefined],
  ['https://api.example', { HTTPS_PROXY: P, no_proxy: ' .example , other' }, undefined],
  ['https://api.example', { HTTPS_PROXY: P, NO_PROXY: '*.example' }, undefined],
  ['https://example', { HTTPS_PROXY: P, NO_PROXY: '.example' }, P],
  ['https://api.example', { HTTPS_PROXY: P, NO_PROXY: 'pi.example' }, P],
  ['https://api.example:6443', { HTTPS_PROXY: P, NO_PROXY: 'api.example:443' }, P],
  ['https://api.example:6443', { HTTPS_PROXY: P, NO_PROXY: 'api.example:6443' }, undefined],
  ['https://10.1.2.3', { HTTPS_PROXY: P, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3', { HTTPS_PROXY: P, NO_PROXY: '10.0.0.0/8,11.1.2.4' }, P],
  ['https://[fd00::1]', { HTTPS_PROXY: P, NO_PROXY: 'fd00::/16' }, undefined],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: P }, undefined],
  ['https://localhost:6443', { HTTPS_PROXY: P }, undefined],
  ['https://api.example', { HTTPS_PROXY: 'socks5h://s.example:1080' }, 'socks5://s.example:1080'],
])('to %s with %j goes as Go has it', (server, environment, wanted) => {
  expect(proxyTo(server, undefined, environment)?.url).toBe(wanted)
})

test('proxy-url wins, also to this machine', () => {
  expect(proxyTo('https://127.0.0.1', P, { NO_PROXY: '*' })).toEqual({ url: P, from: 'proxy-url' })
})

async function tunnel(refuse?: number) {
  const asked: string[] = []
  const server = createServer()
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    if (refuse !== undefined) return socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`)
    const [host, port] = (request.url ?? '').split(':')
    const to = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(to).pipe(socket)
    })
    to.on('error', () => socket.destroy())
    socket.on('error', () => to.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close().closeAllConnections())
  return { asked, url: `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}` }
}

test('a call goes through the proxy; one that refuses or is away is the party that is named', async () => {
  const made = await loopbackCertificate()
  const tls = { cert: made.cert, key: made.private }
  await using api = await loopbackApi((_, response) => json(response, { gitVersion: 'v1.33.4' }), tls)
  const trust = { 'certificate-authority-data': Buffer.from(made.cert).toString('base64') }
  const through = async (proxy: string) => {
    const cluster = connectCluster(kubeconfigFor(api.url, undefined, { ...trust, 'proxy-url': proxy }))
    return cluster.version().finally(cluster.close)
  }
  const good = await tunnel()
  expect(await through(good.url)).toBe('v1.33.4')
  expect(good.asked).toEqual([new URL(api.url).host])
  await expect(through((await tunnel(407)).url)).rejects.toThrow(
    /The proxy http:\/\/127\.0\.0\.1:\d+ \(proxy-url\) asks for a login of its own \(407\), so .* was not asked/,
  )
  await expect(through('http://127.0.0.1:9')).rejects.toThrow(
    /The proxy http:\/\/127\.0\.0\.1:9 \(proxy-url\) cannot be reached \(ECONNREFUSED\)/,
  )
  await expect(through('socks5://127.0.0.1:9')).rejects.toThrow(/The proxy socks5:\/\/127\.0\.0\.1:9 \(proxy-url\)/)
  await expect(through('ftp://127.0.0.1:9')).rejects.toThrow(/proxy-url that is no http/)
})

/** A SOCKS5 proxy (RFC 1928, and RFC 1929 where a login is wanted), as ssh -D and others are. */
async function socks(login?: { readonly user: string; readonly password: string }) {
  const asked: string[] = []
  const server = createPlainServer(async (socket) => {
    socket.on('error', () => socket.destroy())
    const some = () => new Promise<Buffer>((done) => socket.once('data', done))
    await some()
    socket.write(Buffer.from([5, login === undefined ? 0 : 2]))
    if (login !== undefined) {
      const given = await some()
      const user = given.subarray(2, 2 + (given[1] ?? 0)).toString()
      const password = given.subarray(3 + (given[1] ?? 0)).toString()
      const good = user === login.user && password === login.password
      socket.write(Buffer.from([1, good ? 0 : 1]))
      if (!good) return void socket.end()
    }
    const request = await some()
    const name = request[3] === 3
    const length = name ? (request[4] ?? 0) : 4
    const from = name ? 5 : 4
    const host = name ? request.subarray(from, from + length).toString() : [...request.subarray(4, 8)].join('.')
    const port = request.readUInt16BE(from + length)
    asked.push(`${host}:${port}`)
    const to = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
      socket.pipe(to).pipe(socket)
    })
    to.on('error', () => socket.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return { asked, at: `127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}` }
}

test('a call goes through a SOCKS5 proxy that lives, with its login, and the certificate is that of the API all the same', async () => {
  const made = await loopbackCertificate()
  const tls = { cert: made.cert, key: made.private }
  await using api = await loopbackApi((_, response) => json(response, { gitVersion: 'v1.33.4' }), tls)
  const trust = { 'certificate-authority-data': Buffer.from(made.cert).toString('base64') }
  const through = async (proxy: string, more: object = trust) => {
    const cluster = connectCluster(kubeconfigFor(api.url, undefined, { ...more, 'proxy-url': proxy }))
    return cluster.version().finally(cluster.close)
  }
  const open = await socks()
  expect(await through(`socks5://${open.at}`)).toBe('v1.33.4')
  expect(open.asked).toEqual([new URL(api.url).host])
  await expect(through(`socks5://${open.at}`, {})).rejects.toThrow(/its certificate is not trusted/)
  await expect(through(`socks5://${open.at}`, { ...trust, 'tls-server-name': 'other.example' })).rejects.toThrow(
    /its certificate is for another name/,
  )
  const guarded = await socks({ user: 'ann', password: 'fake-password' })
  expect(await through(`socks5://ann:fake-password@${guarded.at}`)).toBe('v1.33.4')
  await expect(through(`socks5://ann:wrong@${guarded.at}`)).rejects.toThrow(
    /The proxy socks5:\/\/127\.0\.0\.1:\d+ \(proxy-url\) /,
  )
  expect(api.arrived).toHaveLength(2)
})
