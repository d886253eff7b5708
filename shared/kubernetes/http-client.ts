import { Agent, buildConnector, ProxyAgent, Socks5ProxyAgent } from 'undici'

/** Loaded with the first call. A file of its own, since a bundle tells the names of a CommonJS package to files only. */
export const httpClient = { Agent, buildConnector, ProxyAgent, Socks5ProxyAgent }
