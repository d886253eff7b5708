import { expect } from 'vitest'
import { MAX_MESSAGE_BYTES, type Queue } from '../../../shared/runtime/queue.ts'
import type { Claims } from './claims.ts'

/** The queue, and the bodies that a trigger would be handed now. */
export type QueueAndReader = { readonly queue: Queue; readonly visible: () => Promise<readonly string[]> }

export const queueClaims: Claims<QueueAndReader> = [
  [
    'a body arrives as it was sent',
    async ({ queue, visible }) => {
      const body = JSON.stringify({ version: 1, text: 'ünïcödé 🙂 <&> "quoted"\n' })
      await queue.send(body)
      expect(await visible()).toEqual([body])
    },
  ],
  [
    'a message sent for later waits unseen, and is counted',
    async ({ queue, visible }) => {
      expect(await queue.length()).toBe(0)
      await queue.send('later', { delaySeconds: 600.5 })
      await queue.send('now')
      expect(await queue.length()).toBe(2)
      expect(await visible()).toEqual(['now'])
    },
  ],
  [
    '48 KiB go through, one byte more is refused and nothing is sent',
    async ({ queue, visible }) => {
      const full = 'é'.repeat(MAX_MESSAGE_BYTES / 2)
      await expect(queue.send(`${full}x`)).rejects.toThrow(/49153 bytes/)
      expect(await queue.length()).toBe(0)
      await queue.send(full)
      expect(await visible()).toEqual([full])
    },
  ],
]
