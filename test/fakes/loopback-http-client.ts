import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline'

/**
 * Sends requests for `origin` (https, a public name) to a fake on this machine. The address is swapped only while the
 * request is under way: everything before and after sees the real one, so that tokens, scopes, the refusal to send a
 * token in the clear and the check of Key Vault's challenge are all as in production.
 */
export function loopbackHttpClient(origin: string, base: string): HttpClient {
  const real = createDefaultHttpClient()
  return {
    sendRequest: async (request) => {
      const { url, allowInsecureConnection = false } = request
      if (!url.startsWith(`${origin}/`)) throw new Error(`a request to ${new URL(url).origin}, only ${origin} is faked`)
      request.url = `${base}${url.slice(origin.length)}`
      request.allowInsecureConnection = true
      try {
        return await real.sendRequest(request)
      } finally {
        request.url = url
        request.allowInsecureConnection = allowInsecureConnection
      }
    },
  }
}
