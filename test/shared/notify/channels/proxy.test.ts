import { expect, onTestFinished, test, vi } from 'vitest'
import { webhook } from '../../../../shared/notify/channels/webhook/webhook.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'
import { startForwardProxy } from '../../../fakes/forward-proxy.ts'
import { startReceiver } from '../../../fakes/receiver.ts'
import { reported } from '../sample-notices.ts'

test('notices go through the proxy of the surroundings, and to hosts of NO_PROXY directly', async () => {
  const receiver = await startReceiver()
  onTestFinished(receiver.stop)
  const proxy = await startForwardProxy(Number(new URL(receiver.url).port))
  onTestFinished(proxy.stop)
  vi.stubEnv('HTTP_PROXY', proxy.url)
  vi.stubEnv('http_proxy', proxy.url)
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  vi.stubEnv('no_proxy', '127.0.0.1')
  onTestFinished(() => void vi.unstubAllEnvs())
  const send = (url: string) =>
    webhook({ url }, { clock: systemClock }).send(reported(), { id: 'x', ref: undefined, unsure: false, copies: 0 })
  await send('http://hooks.invalid/in')
  expect(proxy.asked).toEqual([expect.stringMatching(/^(CONNECT hooks\.invalid|POST http:\/\/hooks\.invalid)/)])
  await send(`${receiver.url}/direct`)
  expect(proxy.asked).toHaveLength(1)
  expect(receiver.received.map(({ path }) => path)).toEqual(['/in', '/direct'])
})
