import { z } from 'zod'

/**
 * Slack's limits as a judge, from its reference (https://docs.slack.dev/reference/block-kit/blocks and
 * https://docs.slack.dev/reference/methods/chat.postMessage, 2026). Strict: a field it does not know is a fault.
 */
const plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(most), emoji: z.boolean().optional() })
const mrkdwn = (most: number) => z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(most) })
const button = z.strictObject({
  type: z.literal('button'),
  text: plain(75),
  url: z.url({ protocol: /^https?$/ }).max(3_000),
  style: z.enum(['primary', 'danger']).optional(),
  action_id: z.string().max(255).optional(),
})
const Block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150) }),
  z
    .strictObject({
      type: z.literal('section'),
      text: mrkdwn(3_000).optional(),
      fields: z.array(mrkdwn(2_000)).min(1).max(10).optional(),
    })
    .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'a section has text or fields'),
  z.strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25) }),
  z.strictObject({ type: z.literal('context'), elements: z.array(mrkdwn(2_000)).min(1).max(10) }),
])
const Message = z.strictObject({
  text: z.string().min(1).max(4_000),
  unfurl_links: z.literal(false).optional(),
  unfurl_media: z.literal(false).optional(),
  attachments: z.array(
    z.strictObject({ color: z.string().regex(/^#[0-9A-F]{6}$/i), blocks: z.array(Block).min(1).max(50) }),
  ),
})
/** Our own: a card that a phone shows in one piece. */
const MAX_BYTES = 10_000

/** What Slack would refuse in a message, one line each. */
export function slackFaults(message: unknown): readonly string[] {
  const parsed = Message.safeParse(message)
  const faults = parsed.success ? [] : parsed.error.issues.map(({ path, message: why }) => `${path.join('.')}: ${why}`)
  const bytes = Buffer.byteLength(JSON.stringify(message))
  if (bytes >= MAX_BYTES) faults.push(`${bytes} bytes are too many`)
  const buttons = JSON.stringify(message).match(/"type":"button"/g) ?? []
  if (buttons.length > 4) faults.push(`${buttons.length} buttons are more than four`)
  // Half of a surrogate pair is not a character: Slack refuses the whole message.
  if (!JSON.stringify(message).isWellFormed() || /\\ud[89ab]/i.test(JSON.stringify(message)))
    faults.push('half of a surrogate pair')
  return faults
}
