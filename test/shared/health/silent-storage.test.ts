import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { health } from '../../../shared/app/http/health.ts'
import { createPlatform } from '../../../shared/app/platform.ts'
import { readSettings } from '../../../shared/config/settings.ts'

test('a storage that takes the connection and never answers is told to a probe within three seconds', async () => {
  const held: Socket[] = []
  const silent = createServer((socket) => void held.push(socket))
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    for (const socket of held) socket.destroy()
    silent.close()
  })
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : 0
  const key = Buffer.from('no key of anybody').toString('base64')
  const settings = readSettings({
    AzureWebJobsStorage: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${key};TableEndpoint=http://127.0.0.1:${port}/a`,
    LOCAL_GROUPS_DIR: '/tmp',
  })
  const platform = createPlatform(settings)
  const began = performance.now()
  expect(await health(platform)).toMatchObject({ status: 503, jsonBody: { status: 'storage unavailable' } })
  expect(held.length).toBeGreaterThan(0)
  expect(performance.now() - began).toBeLessThan(4_000)
})
