import { z } from 'zod'
import { defineTool } from '../../mcp-server/server/define-tool.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { type AskPlatform, investigate } from './investigate.ts'

const Asked = z.object({ incidentId: z.string(), status: z.string(), known: z.boolean() })
const Refused = z.object({ error: z.string() })

/** The one tool of the app's own door that does something here: nothing in a cluster is changed by it. */
export const incidentAsk = (platform: AskPlatform) =>
  defineTool({
    name: 'incident_ask',
    toolset: 'incidents',
    title: 'Incident: Ask',
    description:
      'Use when an object looks wrong, also one that nothing has reported: sends a read-only agent to find the cause, within the limits of this installation. Answers with the incident; its report takes a minute or more.',
    input: {
      cluster: z.string().describe('As clusters_list names it'),
      kind: z.string().describe('Deployment, Node, …'),
      name: z.string(),
      namespace: z.string().optional().describe('Required for what lives in one'),
      apiVersion: z.string().optional().describe('Of a kind that is not Kubernetes’ own, such as example.com/v1'),
      note: z.string().optional().describe('Why you ask: the incident keeps it'),
    },
    output: {
      incidentId: z.string(),
      status: z.string(),
      known: z.boolean().describe('True: an incident was about it already'),
    },
    effects: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    run: async (args) => {
      const { jsonBody } = await investigate(platform, { text: async () => JSON.stringify(args) })
      const asked = Asked.safeParse(jsonBody)
      if (!asked.success) throw new GiveUp(Refused.safeParse(jsonBody).data?.error ?? 'It could not be asked.')
      return {
        structured: asked.data,
        text: ({ incidentId, status, known }) =>
          known ? `Incident ${incidentId} is about it already (${status}).` : `Incident ${incidentId} is opened.`,
      }
    },
  })
