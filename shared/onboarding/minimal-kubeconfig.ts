import { parse, stringify } from 'yaml'
import { z } from 'zod'
import type { Kubeconfig } from '../kubernetes/kubeconfig.ts'

const Whole = z.looseObject({ clusters: z.array(z.looseObject({ cluster: z.looseObject({}) })).min(1) })

/** The same cluster, logged in to by one token: no name of a person, no other context, no program. */
export function minimalKubeconfig(name: string, { text }: Kubeconfig, token: string): string {
  const [first] = Whole.parse(parse(text)).clusters
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: 'nightcrier-reader' } }],
    clusters: [{ name, cluster: first?.cluster ?? {} }],
    users: [{ name: 'nightcrier-reader', user: { token } }],
  })
}
