import { expect, test } from 'vitest'
import { deliveryOf } from '../../../shared/app/invocation.ts'
import { TriageMessage } from '../../../shared/incident/messages.ts'

const nothing = () => {}
const invocation = (triggerMetadata: Readonly<Record<string, unknown>>) => ({
  ...{ invocationId: 'invocation', functionName: 'triage', triggerMetadata },
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing },
})

test('a delivery is known by the name that the queue gave it', () => {
  const seen = deliveryOf(invocation({ id: 'message', dequeueCount: 3 }), { type: 'wake' })
  expect(seen).toEqual({ id: 'message', dequeueCount: 3 })
})

test.each([{ id: 'forged-by-body' }, { ID: 'x' }, { DequeueCount: 99 }])(
  'fields of a message that the host shows in place of its own are not believed: %o',
  (message) => {
    const seen = deliveryOf(invocation({ id: 'forged-by-body', dequeueCount: 99 }), message)
    expect(seen).toEqual({ id: 'invocation', dequeueCount: 1 })
  },
)

test('a message of queue faults has no field of such a name', () => {
  const wake = { version: 1, type: 'wake' }
  expect(TriageMessage.safeParse(wake).success).toBe(true)
  for (const more of [{ id: 'x' }, { dequeueCount: 1 }, { Id: 'x' }])
    expect(TriageMessage.safeParse({ ...wake, ...more }).success).toBe(false)
})
