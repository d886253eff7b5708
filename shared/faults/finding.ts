import type { Context } from './context.ts'
import type { Severity } from './fault.ts'
import type { View } from './view.ts'

/** What a detector says of one object. Who it belongs to, where it runs and its id are added by detectFaults. */
export type Finding = {
  readonly faultType: string
  readonly severity: Severity
  /** For people, and for clients that read it as the reference server writes it. */
  readonly text: string
  /** The path the finding is read from. */
  readonly field: string
  readonly container?: string
}
/** Pure: the same object and context give the same findings. Answers nothing for kinds it does not read. */
export type Detector = (view: View, context: Context) => readonly Finding[]

export const none: readonly Finding[] = []
