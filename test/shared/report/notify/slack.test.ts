import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { composeReport } from '../../../../shared/report/compose.ts'
import { cutAtSentence, incidentNotice } from '../../../../shared/report/notify/notice.ts'
import { slackMessage, slackWebhook } from '../../../../shared/report/notify/slack.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'
import { evidence, incident, verdict } from '../sample.ts'

const notice = (cause = 'The command does not exist.') => {
  const found = verdict()
  const report = composeReport({
    incident: incident(),
    result: { version: 1, incidentId: incident().incidentId, fence: 1, ended: 'completed' },
    read: undefined,
    problem: undefined,
    now: new Date('2026-01-12T09:41:08Z'),
  })
  const rootCauses = [{ ...found.rootCauses[0]!, summary: cause }]
  return incidentNotice(
    { ...report, outcome: 'cause', evidence, verdict: { ...found, rootCauses } },
    'https://reports.example/x',
  )
}

describe('slackMessage', () => {
  test('names cluster, severity, resource, cause and the link', () => {
    const text = JSON.stringify(slackMessage(notice()))
    for (const part of ['east', 'critical', 'Deployment/web', 'BadCommand: The command', 'https://reports.example/x'])
      expect(text).toContain(part)
    expect(text.length).toBeLessThan(10_000)
  })

  test('cannot be made to mention a channel or to carry a link of its own', () => {
    const text = JSON.stringify(slackMessage(notice('<!channel> <https://evil.example|click>')))
    expect(text).not.toContain('<!channel>')
    expect(text).not.toContain('<https://evil')
    expect(text).toContain('&lt;!channel&gt;')
  })

  test('a long cause is cut at a sentence', () => {
    expect(cutAtSentence('First thing. Second thing is longer.', 20)).toBe('First thing.')
    expect(cutAtSentence('no sentence here at all', 13)).toBe('no sentence…')
  })
})

describe('slackWebhook', () => {
  const servers: { close: () => void }[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  test('a 429 is tried again and then arrives once', async () => {
    const bodies: string[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      bodies.push(body)
      response.writeHead(bodies.length === 1 ? 429 : 200, { 'retry-after': '0' }).end('ok')
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await slackWebhook(`http://127.0.0.1:${port}/hook`, systemClock).send(notice())
    expect(bodies).toHaveLength(2)
    expect(bodies[0]).toBe(bodies[1])
  })
})
