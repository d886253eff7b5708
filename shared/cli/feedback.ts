import { z } from 'zod'
import type { Client } from './client.ts'
import { find } from './incidents.ts'
import type { Output } from './terminal.ts'

type Deps = { readonly client: Client; readonly out: Output; readonly json: boolean }
export type FeedbackOptions = { readonly cause?: string; readonly comment?: string; readonly by?: string }
const Said = z.looseObject({ entries: z.array(z.looseObject({ answer: z.string() })) })

/** `nightcrier feedback ID ANSWER` */
export async function feedback(
  { client, out, json }: Deps,
  id: string,
  answer: string,
  given: FeedbackOptions,
): Promise<void> {
  const { incidentId } = await find(client, id)
  const said = await client.post(`incidents/${encodeURIComponent(incidentId)}/feedback`, { answer, ...given }, Said)
  if (json) out.line(JSON.stringify(said))
  else out.line(`Thank you: ${answer} is kept with ${incidentId}.`)
}
