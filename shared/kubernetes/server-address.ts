import { BlockList, isIP } from 'node:net'
import type { GiveUp } from '../runtime/errors.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(host)
  return family === 0 ? host === 'localhost' : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

/** The API's address as `origin` + path prefix (Rancher: `/k8s/clusters/c-abc`), without a slash at the end. */
export function serverAddress(text: string, wrong: (what: string) => GiveUp): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw wrong('its server is not an https:// address. Set server to the address of its API.')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw wrong('its server address holds a user, a query or a fragment. Keep only https://host:port/path.')
  // A bearer token in clear over a network is a token given away.
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw wrong(`its server ${url.origin} is plain http, which is allowed on this machine only. Use https://.`)
  const path = url.pathname.replace(/\/+$/, '')
  if (!/^(\/[\w.~:@-]+)*$/.test(path))
    throw wrong('its server address has an odd path. Use letters, digits, and - _ . ~ only.')
  return url.origin + path
}
