import { z } from 'zod'
import { Severity } from '../faults/fault.ts'
import { listOrOne } from './one-or-more.ts'
import { likeAny } from './pattern.ts'

/** `keyvault:name`, or `file:path` for local use. */
export const SecretRef = z
  .string()
  .regex(/^(keyvault:[A-Za-z0-9-]{1,127}|file:.+)$/, 'must be keyvault:<secret name> or file:<path>')
const AKS_ID =
  /^aks:\/subscriptions\/[\w-]{1,64}\/resourceGroups\/[\w().-]{1,90}\/providers\/Microsoft\.ContainerService\/managedClusters\/[\w-]{1,63}$/i
/** Also `aks:` and the resource id of a cluster whose users come from Entra: it is reached with the app's own identity. */
export const KubeconfigRef = z.union([SecretRef, z.string().regex(AKS_ID)], {
  error: 'must be keyvault:<secret name>, file:<path>, or aks:<resource id of an AKS cluster>',
})
/** Sent in a header, so plain characters only; a reference that is misspelt must not go out as a key. */
const keyOrRef = z
  .string()
  .min(1)
  .max(16_384)
  .regex(/^[\x21-\x7e]+$/, 'must be keyvault:<secret name>, file:<path>, or a key without spaces')
  .refine((key) => !/^(keyvault|file):/.test(key) || SecretRef.safeParse(key).success, {
    error: 'must be keyvault:<secret name> (letters, digits and - only) or file:<path>',
  })
export const labelKey = z.string().regex(/^[\w\-./]{1,253}$/, 'must be letters, digits, and - _ . /')
export const labelValue = z.string().regex(/^[\w\-.]{0,63}$/, 'must be letters, digits, and - _ .')
const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .max(2_000)
  .refine((text) => !URL.parse(text)?.username && !URL.parse(text)?.password, {
    error: 'must not hold a user or password. Use api_key',
  })

/** With the longest keys and values 20 K characters, which fit a row of the table of clusters. */
const MOST_LABELS = 64

const proxyUrl = z.url({ protocol: /^https?$/ }).max(2_000)

export const Cluster = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'must be 1 to 63 letters, digits, - or _'),
  environment: z.string().max(63).default(''),
  labels: z
    .record(labelKey, labelValue)
    .refine((labels) => Object.keys(labels).length <= MOST_LABELS, {
      error: `must be ${MOST_LABELS} labels at most`,
    })
    .default({}),
  enabled: z.boolean().default(true),
  /** Higher ones are connected first: after an outage a thousand take their time. */
  priority: z.int().min(0).max(9).default(0),
  /** Whose faults are heard; absent: those of all. What belongs to the whole cluster is heard in any case. */
  namespaces: z
    .strictObject({
      /** These and no others. */
      watch: listOrOne.optional(),
      leave_out: listOrOne.optional(),
    })
    .refine(({ watch, leave_out }) => watch !== undefined || leave_out !== undefined, {
      error: 'must have watch or leave_out',
      when: ({ value }) => typeof value === 'object' && value !== null,
    })
    .optional(),
  mcp: z
    .strictObject({
      endpoint: httpUrl,
      /** A secret reference, or the key itself; sent as a bearer token. */
      api_key: keyOrRef.optional(),
      /** The way there: a proxy's address, or `none`; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY say. */
      proxy: z
        .union([z.literal('none'), proxyUrl], { error: 'must be none, or the http:// or https:// address of a proxy' })
        .optional(),
      /** Whose certificates the server may show, in place of the public ones. */
      ca: SecretRef.optional(),
      /** What is shown to a server that asks for a certificate. */
      client_certificate: SecretRef.optional(),
      client_key: SecretRef.optional(),
    })
    .refine((mcp) => (mcp.client_certificate === undefined) === (mcp.client_key === undefined), {
      path: ['client_key'],
      error: 'client_certificate and client_key belong together. Set both, or none',
      when: ({ value }) => typeof value === 'object' && value !== null,
    }),
  triage: z
    .strictObject({
      enabled: z.boolean().default(true),
      kubeconfig: KubeconfigRef.optional(),
      allow_secrets_access: z.boolean().default(false),
      /** Absent: as SEVERITY_THRESHOLD says. */
      severity_threshold: Severity.optional(),
      model: z.string().max(200).default(''),
      runner: z.enum(['', 'builtin', 'claude', 'codex', 'gemini', 'goose']).default(''),
      extra_prompt: z.string().max(8_000).default(''),
    })
    .prefault({ enabled: false })
    .refine((triage) => triage.enabled === false || triage.kubeconfig !== undefined, {
      path: ['kubeconfig'],
      error: 'is required when triage.enabled is true (or set triage.enabled: false)',
      // Told together with whatever else is wrong.
      when: ({ value }) => typeof value === 'object' && value !== null,
    }),
})
export type Cluster = z.infer<typeof Cluster>

/** Whether faults of a namespace are heard; '' is what belongs to the whole cluster. */
export function watchesNamespace({ namespaces }: Pick<Cluster, 'namespaces'>, namespace: string): boolean {
  if (namespaces === undefined || namespace === '') return true
  const { watch, leave_out = [] } = namespaces
  return (watch === undefined || likeAny(watch, namespace)) && !likeAny(leave_out, namespace)
}
