import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { askDoctor } from './ask-doctor.ts'

type Finding = { check: string; ok: boolean; problem?: string }

/** An app that finds this. */
async function app(findings: readonly Finding[]): Promise<string> {
  const server = createServer((request, response) => {
    const body = request.url === '/api/health' ? { status: 'ok' } : { findings }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const storage = { check: 'storage', ok: true }
const agent = { check: 'an agent starts', ok: true }
const ask = async (url: string) => {
  const said: string[] = []
  await askDoctor(url, 'not-a-real-key', (line) => said.push(line))
  return said
}

test('all is well where an agent was started, and not where none was', async () => {
  expect(await ask(await app([storage, agent]))).toEqual(['doctor: 3 of 3 well, an agent started'])
  await expect(ask(await app([storage]))).rejects.toThrow(
    'doctor started no agent:\nwell  the app answers\nwell  storage',
  )
})

test('a command that fails before it prints anything is told by what it said', async () => {
  await expect(ask('no address')).rejects.toThrow('"no address" is no address')
})
