import { defineKind } from '../sign.ts'
import { eventSaysCannotCreate } from './create-failure.ts'
import { eventSaysRefused } from './webhook-refusal.ts'

/** What controllers tell of in events only. It is a sign of what the event is about. */
export const event = defineKind({
  apiVersion: 'v1',
  kind: 'Event',
  signs: (view, context) => [...eventSaysCannotCreate(view, context), ...eventSaysRefused(view, context)],
})
