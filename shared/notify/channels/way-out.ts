import { type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { once } from '../../runtime/once.ts'

const CONNECT_MS = 10_000

/** HTTPS_PROXY and NO_PROXY as everybody reads them. */
const environmentAgent = once(
  async () => new EnvHttpProxyAgent({ connect: { timeout: CONNECT_MS }, connectTimeout: CONNECT_MS, allowH2: false }),
)

/**
 * The way out. `onStart` is called once a request has a connection, through a proxy and with its TLS, and begins to be
 * written: until then the receiver has nothing of it, whatever the error is called.
 */
export async function wayOut(onStart: () => void): Promise<Dispatcher> {
  const agent = await environmentAgent()
  return agent.compose((dispatch) => (options, handler) => dispatch(options, watched(handler, onStart)))
}

const watched = (handler: Dispatcher.DispatchHandler, onStart: () => void): Dispatcher.DispatchHandler => ({
  onRequestStart: (...given) => {
    onStart()
    handler.onRequestStart?.(...given)
  },
  onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
  onResponseStart: (...given) => handler.onResponseStart?.(...given),
  onResponseData: (...given) => handler.onResponseData?.(...given),
  onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
  onResponseError: (...given) => handler.onResponseError?.(...given),
})
