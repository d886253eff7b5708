import type { ClusterApi } from '../kubernetes/cluster-api.ts'

/** A cluster whose credential is fetched with the first call: listing clusters must not read every secret. */
export function deferredCluster(server: string, open: () => Promise<ClusterApi>): ClusterApi {
  let opened: Promise<ClusterApi> | undefined
  const cluster = () => {
    opened ??= open().catch((error: unknown) => {
      // A secret that is missing now may be there later.
      opened = undefined
      throw error
    })
    return opened
  }
  return {
    server,
    list: async (...given) => (await cluster()).list(...given),
    get: async (...given) => (await cluster()).get(...given),
    log: async (...given) => (await cluster()).log(...given),
    watch: async (...given) => (await cluster()).watch(...given),
    kinds: async (...given) => (await cluster()).kinds(...given),
    version: async (...given) => (await cluster()).version(...given),
    canI: async (...given) => (await cluster()).canI(...given),
    rules: async (...given) => (await cluster()).rules(...given),
  }
}
