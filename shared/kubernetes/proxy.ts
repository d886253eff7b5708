import { BlockList, isIP } from 'node:net'

export type ProxyChoice = {
  readonly url: string
  /** Who says so: `proxy-url`, or the variable. */
  readonly from: string
}
type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy to an API, as kubectl has it: the kubeconfig's own, else the environment's by Go's rules.
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function proxyTo(
  server: string,
  proxyUrl: string | undefined,
  environment: Environment,
): ProxyChoice | undefined {
  if (proxyUrl !== undefined && proxyUrl !== '') return { url: proxyUrl, from: 'proxy-url' }
  const { protocol, hostname, port } = new URL(server)
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const from = [name, name.toLowerCase()].find((one) => (environment[one] ?? '') !== '')
  if (from === undefined) return undefined
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (
    bypassed(host, port || (protocol === 'https:' ? '443' : '80'), environment.NO_PROXY || environment.no_proxy || '')
  )
    return undefined
  const given = environment[from] ?? ''
  return {
    url: /^(https?|socks5h?):\/\//i.test(given) ? given.replace(/^socks5h:/i, 'socks5:') : `http://${given}`,
    from,
  }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function bypassed(host: string, port: string, list: string): boolean {
  const family = isIP(host)
  if (host === 'localhost' || (family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4'))) return true
  return list
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .some((one) => one !== '' && matches(one, host, port))
}

function matches(pattern: string, host: string, port: string): boolean {
  if (pattern === '*') return true
  if (pattern.includes('/')) return within(pattern, host)
  const [, bare = pattern, only] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(pattern) === null ? [] : splitPort(pattern)
  if (only !== undefined && only !== port) return false
  if (isIP(bare) !== 0) return bare === host
  const domain = bare.startsWith('*.') ? bare.slice(1) : bare
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`)
}

function splitPort(pattern: string): readonly [string, string, string] {
  const at = pattern.lastIndexOf(':')
  return [pattern, pattern.slice(0, at).replace(/^\[(.*)\]$/, '$1'), pattern.slice(at + 1)]
}

function within(range: string, host: string): boolean {
  const [address = '', bits = ''] = range.split('/')
  const [family, of] = [isIP(host), isIP(address)]
  if (family === 0 || family !== of || !/^\d{1,3}$/.test(bits) || Number(bits) > (of === 6 ? 128 : 32)) return false
  const list = new BlockList()
  list.addSubnet(address, Number(bits), of === 6 ? 'ipv6' : 'ipv4')
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4')
}
