import type { z } from 'zod'
import type { Broker, Task } from '../agent/broker-client.ts'
import type { AgentEnd } from '../broker/agent-end.ts'

export type Run = {
  readonly broker: Broker
  readonly task: Task
  readonly signal: AbortSignal
  /** Where programs are looked for. */
  readonly path: string
}
export type Ended = z.input<typeof AgentEnd> & { readonly why: string }
/** Brings a model and our tools together until a verdict is handed in. */
export type Runner = (run: Run) => Promise<Ended>
