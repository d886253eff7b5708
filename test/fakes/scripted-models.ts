import type { Heard, Say, Script } from './model-server.ts'

/** Of a verdict, what a test cares for. */
export type Cause = {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly class?: string
}
type Quote = { readonly id: string; readonly quote: string }

export const submission = (
  cause: Cause | undefined,
  evidence: readonly Quote[],
  changes: Readonly<Record<string, unknown>> = {},
): Say => ({
  calls: [
    {
      name: 'submit_verdict',
      input: {
        headline: cause === undefined ? 'No cause could be shown.' : `${cause.kind} ${cause.name} is at fault.`,
        outcome: cause === undefined ? 'inconclusive' : 'cause',
        rootCauses:
          cause === undefined
            ? []
            : [
                {
                  class: 'Named',
                  ...cause,
                  summary: `${cause.kind} ${cause.name} causes it.`,
                  mechanism: 'As the quotes show.',
                  confidence: 'high',
                  confidenceReasons: ['It was read.'],
                  evidence,
                },
              ],
        ...changes,
      },
    },
  ],
})
export const look = (name: string, input: Readonly<Record<string, unknown>>): Say => ({ calls: [{ name, input }] })
export const getObject = ({ kind, namespace, name }: Cause): Say =>
  look('resources_get', {
    apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
    kind,
    name,
    ...(namespace === '' ? {} : { namespace }),
  })

/** The id and the text between the markers of the last tool answer. */
export function shown({ answers }: Heard): { readonly id: string; readonly text: string } {
  const found = /<data \w+ (e\d+)>\n([\s\S]*?)\n<\/data/.exec(answers.at(-1)?.replaceAll('\\n', '\n') ?? '')
  return { id: found?.[1] ?? 'e1', text: found?.[2] ?? '' }
}

/** Reads the object, quotes it, hands in. */
export const honest =
  (cause: Cause): Script =>
  (heard) => {
    if (heard.turn === 1) return getObject(cause)
    const { id, text } = shown(heard)
    return submission(cause, [{ id, quote: /^\s*(replicas: \d+)$/m.exec(text)?.[1] ?? `name: ${cause.name}` }])
  }
/** Quotes what stands nowhere, again and again. */
export const lying =
  (cause: Cause): Script =>
  () =>
    submission(cause, [{ id: 'e1', quote: 'panic: quorum lost, the disk is on fire' }])
/** Talks and never hands in. */
export const rambling: Script = ({ turn }) => ({
  text: `Well, let me think about this for the ${turn}th time. ${'It could be many things. '.repeat(40)}`,
})
/** Looks at everything, for ever. */
export const toolHappy: Script = ({ turn }) =>
  look('resources_list', {
    apiVersion: 'v1',
    kind: ['Pod', 'Service', 'ConfigMap', 'Event'][turn % 4],
    namespace: 'shop',
  })
export const failing =
  (status: number, headers: Readonly<Record<string, string>> = {}): Script =>
  () => ({ status, headers })
export const cutOff: Script = () => ({ cutOff: 'I believe that the cause of this is'.repeat(20) })
