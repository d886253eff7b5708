import { describe, expect, test } from 'vitest'
import { slackDetails, slackMessage } from '../../../../../shared/notify/channels/slack/slack-message.ts'
import { cut, cutAtSentence } from '../../../../../shared/notify/notice.ts'
import { all, hostile, reported } from '../../sample-notices.ts'
import { slackFaults } from './block-kit.ts'

describe('a Slack message', () => {
  test.each(Object.entries(all))('of %s is within every limit of Block Kit', (_name, notice) => {
    expect(slackFaults(slackMessage(notice))).toEqual([])
  })

  test('stays within them with every text at its longest and worst, and mentions nobody', () => {
    for (const notice of [...hostile(), ...hostile('世界🔥&'.repeat(400)), ...hostile('&'.repeat(2_000))]) {
      const message = slackMessage(notice)
      expect(slackFaults(message)).toEqual([])
      // A header is plain text by its type.
      expect(JSON.stringify(message).replaceAll(/"type":"plain_text","text":"[^"]*"/g, '')).not.toMatch(
        /<!channel>|<https:\/\/evil/,
      )
    }
  })

  test('of a report names cluster, severity, resource, cause with confidence, what to do next, and the link', () => {
    const text = JSON.stringify(slackMessage(reported()))
    for (const part of [
      'east (production)',
      'critical',
      'Deployment/web',
      'BadCommand: ',
      'high confidence',
      '*Do* (changes state)',
      'web has 0 of 3 replicas ready',
      '0 of 3 ready',
      'since Mon 12 Jan 09:40 UTC',
      'kubectl -n shop rollout undo deployment/web',
      'changes state',
      'https://reports.example/x',
    ])
      expect(text).toContain(part)
  })

  test('tells the news on a lock screen in 75 characters', () => {
    const { text } = slackMessage(reported())
    expect(text).toBe('🔴 web 0/3 ready, east: the container command /bin/srvr does not exist in…')
    expect(text.length).toBeLessThanOrEqual(75)
  })

  test('of a failure says what was missing', () => {
    const text = JSON.stringify(slackMessage(all.failed!))
    expect(text).toContain('Investigation failed')
    expect(text).toContain('The agent vanished without a result')
  })

  test('of an incident that got no agent says why', () => {
    expect(JSON.stringify(slackMessage(all.skipped!))).toContain('Overload: the queue is full (drop)')
  })

  test('of a degradation shows the last three reasons of five and the next try', () => {
    const text = JSON.stringify(slackMessage(all.degraded!))
    expect(text).toMatch(/third.*fourth.*fifth/)
    expect(text).not.toContain('second')
    expect(text).toContain('The next try is at 2026-01-12 09:41:08 UTC')
  })

  test('of an unreachable cluster names the error, since when, and the next try', () => {
    const text = JSON.stringify(slackMessage(all.unreachable!))
    for (const part of ['nothing listens there', '2026-01-12 09:31:08 UTC (10 min)', 'Next try'])
      expect(text).toContain(part)
  })

  test('tells by words and signs, not by colour alone', () => {
    const titles = Object.values(all).map((notice) => JSON.stringify(slackMessage(notice).attachments[0]?.blocks?.[0]))
    expect(new Set(titles).size).toBe(titles.length)
  })

  test('has the first command, and all of them in the thread, where no back-tick ends them', () => {
    const notice = reported({ actions: [{ title: 'Look', command: 'kubectl get `x`', changesState: false }] })
    expect(JSON.stringify(slackMessage(notice))).toContain('```kubectl get ʼxʼ```')
    expect(slackDetails(notice)).toContain('```kubectl get ʼxʼ```')
  })
})

test('the judge of Block Kit refuses what Slack refuses', () => {
  const message = slackMessage(reported())
  const [attachment] = message.attachments
  const blocks = attachment!.blocks!
  const breaches: Record<string, unknown> = {
    'a long header': {
      ...message,
      attachments: [
        { ...attachment, blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] },
      ],
    },
    'a long text': {
      ...message,
      attachments: [
        { ...attachment, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }] },
      ],
    },
    'eleven fields': {
      ...message,
      attachments: [
        { ...attachment, blocks: [{ type: 'section', fields: Array(11).fill({ type: 'mrkdwn', text: 'x' }) }] },
      ],
    },
    'an empty text': {
      ...message,
      attachments: [{ ...attachment, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '' } }] }],
    },
    'an unknown block': { ...message, attachments: [{ ...attachment, blocks: [...blocks, { type: 'marquee' }] }] },
    'ten kilobytes': { ...message, attachments: Array(9).fill(attachment) },
    'half a character': { ...message, text: '\ud83d' },
  }
  for (const [name, breach] of Object.entries(breaches)) expect(slackFaults(breach), name).not.toEqual([])
})

test('a long text is cut at a sentence, or else at a word', () => {
  expect(cutAtSentence('First thing. Second thing is longer.', 20)).toBe('First thing.')
  expect(cutAtSentence('no sentence here at all', 13)).toBe('no sentence…')
})

test('no cut leaves half a character', () => {
  for (let most = 2; most < 9; most++) expect(cut('ab🔥cd🔥ef', most).isWellFormed()).toBe(true)
})
