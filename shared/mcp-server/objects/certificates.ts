import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { errorText } from '../../runtime/errors.ts'
import type { Redact } from '../safety/redaction.ts'
import { allKinds } from './all-objects.ts'

export type KnownCertificate = {
  /** Where it was seen: `Certificate shop/web`, `the API server`. */
  readonly where: string
  /** Absent: until when is not known, and why. */
  readonly expires?: string
  readonly detail: string
  readonly problem?: string
}

const kinds = [
  { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' },
  { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' },
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' },
  { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' },
  { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
]
/** Public halves that every cluster publishes about itself. */
const published: readonly (readonly [namespace: string, name: string, key: string, what: string])[] = [
  ['kube-system', 'kube-root-ca.crt', 'ca.crt', 'the CA that pods trust the API by'],
  ['kube-system', 'extension-apiserver-authentication', 'client-ca-file', 'the CA of client certificates'],
  [
    'kube-system',
    'extension-apiserver-authentication',
    'requestheader-client-ca-file',
    'the CA of the aggregation layer',
  ],
]

const text = z.string().nullish().catch(undefined)
const client = z.looseObject({ caBundle: text }).nullish().catch(undefined)
const Certificate = z.looseObject({
  spec: z.looseObject({
    secretName: text,
    dnsNames: z.array(z.string()).catch([]),
    issuerRef: z.looseObject({ kind: text, name: text }).catch({}),
  }),
  status: z
    .looseObject({
      notAfter: text,
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string(), message: text })).catch([]),
    })
    .catch({ conditions: [] }),
})
const SigningRequest = z.looseObject({
  spec: z.looseObject({ signerName: text, username: text }),
  status: z.looseObject({ certificate: text }).nullish().catch(undefined),
})
const Webhooks = z.looseObject({
  webhooks: z.array(z.looseObject({ name: z.string(), clientConfig: client })).catch([]),
})
const Service = z.looseObject({ spec: z.looseObject({ caBundle: text }).catch({}) })
const Definition = z.looseObject({
  spec: z.looseObject({
    conversion: z
      .looseObject({ webhook: z.looseObject({ clientConfig: client }).nullish() })
      .nullish()
      .catch(undefined),
  }),
})
const Ingress = z.looseObject({
  spec: z.looseObject({
    tls: z.array(z.looseObject({ secretName: text, hosts: z.array(z.string()).catch([]) })).catch([]),
  }),
})
const Data = z.looseObject({ data: z.record(z.string(), z.string()).nullish() })

/** Every certificate of a cluster whose end can be had without reading a Secret, and what can not. */
export async function certificatesOf(
  api: ClusterApi,
  { namespace, own: place }: { readonly namespace: string | undefined; readonly own?: string | undefined },
  { signal, redact }: { readonly signal: AbortSignal; readonly redact: Redact },
): Promise<{ readonly certificates: readonly KnownCertificate[]; readonly notSeen: readonly string[] }> {
  const requested =
    namespace === undefined ? kinds : kinds.filter(({ kind }) => kind === 'Certificate' || kind === 'Ingress')
  const [{ objects, notSeen }, cas] = await Promise.all([
    allKinds(api, requested, { namespace, own: place }, signal),
    namespace === undefined ? publishedBy(api, signal, redact) : { found: [], notSeen: [] },
  ])
  const of = (kind: string) => objects.filter((one) => one.kind === kind)
  const managed = new Set(
    of('Certificate').map((one) => `${one.metadata.namespace}/${Certificate.parse(one).spec.secretName ?? ''}`),
  )
  const certificates = [
    ...(namespace === undefined ? await own(api) : []),
    ...cas.found,
    ...of('Certificate').map((one) => managedCertificate(one, redact)),
    ...newestOfEach(of('CertificateSigningRequest')),
    ...[...of('ValidatingWebhookConfiguration'), ...of('MutatingWebhookConfiguration')].flatMap((one) =>
      Webhooks.parse(one).webhooks.flatMap(({ name, clientConfig }) =>
        bundle(clientConfig?.caBundle, `${one.kind} ${one.metadata.name}`, `caBundle of ${name}`),
      ),
    ),
    ...of('APIService').flatMap((one) =>
      bundle(Service.parse(one).spec.caBundle, `APIService ${one.metadata.name}`, 'caBundle'),
    ),
    ...of('CustomResourceDefinition').flatMap((one) =>
      bundle(
        Definition.parse(one).spec.conversion?.webhook?.clientConfig?.caBundle,
        `CustomResourceDefinition ${one.metadata.name}`,
        'caBundle of its conversion',
      ),
    ),
    ...of('Ingress').flatMap((one) =>
      Ingress.parse(one).spec.tls.flatMap(({ secretName, hosts }): KnownCertificate[] =>
        !secretName || managed.has(`${one.metadata.namespace}/${secretName}`)
          ? []
          : [
              {
                where: `Ingress ${one.metadata.namespace}/${one.metadata.name}`,
                detail: `${hosts.slice(0, 3).join(', ') || 'any host'}, in Secret ${secretName}: Secrets are not read, and no Certificate is behind it`,
              },
            ],
      ),
    ),
  ]
  return { certificates, notSeen: [...notSeen, ...cas.notSeen] }
}

/** What the connection itself has shown, and what it logs in with. */
async function own(api: ClusterApi): Promise<readonly KnownCertificate[]> {
  const shown = await api.serving?.()
  const { credential } = api
  return [
    ...(shown === undefined ? [] : [{ where: 'the API server', expires: shown.expires, detail: shown.subject }]),
    ...(credential?.kind !== 'certificate' || credential.expires === undefined
      ? []
      : [{ where: 'this server’s own client certificate', expires: credential.expires, detail: 'of the kubeconfig' }]),
  ]
}

async function publishedBy(api: ClusterApi, signal: AbortSignal, redact: Redact) {
  const found: KnownCertificate[] = []
  const notSeen: string[] = []
  await Promise.all(
    published.map(async ([namespace, name, key, what]) => {
      try {
        const object = await api.get({ apiVersion: 'v1', kind: 'ConfigMap' }, name, namespace, signal)
        found.push(
          ...read(
            object === undefined ? undefined : Data.parse(object).data?.[key],
            what,
            `ConfigMap ${namespace}/${name}`,
          ),
        )
      } catch (error) {
        signal.throwIfAborted()
        notSeen.push(`${what}: ${redact.text(errorText(error)).slice(0, 120)}`)
      }
    }),
  )
  return { found, notSeen }
}

function managedCertificate(object: KubeObject, redact: Redact): KnownCertificate {
  const { spec, status } = Certificate.parse(object)
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  const names = spec.dnsNames.slice(0, 3).join(', ')
  return {
    where: `Certificate ${object.metadata.namespace}/${object.metadata.name}`,
    ...(status.notAfter ? { expires: status.notAfter } : {}),
    detail: [names, spec.issuerRef.name ? `from ${spec.issuerRef.kind ?? 'Issuer'} ${spec.issuerRef.name}` : '']
      .filter((part) => part !== '')
      .join(', '),
    ...(ready?.status === 'False' ? { problem: `not ready: ${redact.text(ready.message ?? '').slice(0, 200)}` } : {}),
  }
}

/** Kubelets ask anew long before the end: what was signed last for somebody is what they use until the next is signed. */
function newestOfEach(objects: readonly KubeObject[]): readonly KnownCertificate[] {
  const newest = new Map<string, KubeObject>()
  for (const one of objects) {
    const { spec, status } = SigningRequest.parse(one)
    if (!status?.certificate) continue
    const { signerName, username } = spec
    const key = `${signerName} ${username}`
    const known = newest.get(key)
    if (known === undefined || (known.metadata.creationTimestamp ?? '') < (one.metadata.creationTimestamp ?? ''))
      newest.set(key, one)
  }
  return [...newest.values()].flatMap((one) => {
    const { spec, status } = SigningRequest.parse(one)
    return bundle(
      status?.certificate,
      `CertificateSigningRequest ${one.metadata.name}`,
      `${spec.signerName ?? ''} for ${spec.username ?? ''}`,
    )
  })
}

const bundle = (data: string | null | undefined, where: string, detail: string): readonly KnownCertificate[] =>
  read(data ? Buffer.from(data, 'base64').toString('latin1') : undefined, where, detail)

/** More in one bundle is a public root store, which nobody here renews. */
const MAX_BUNDLE = 20
/** Of a bundle the certificate that ends first: what it signs stops being trusted then. */
function read(pem: string | undefined, where: string, detail: string): readonly KnownCertificate[] {
  const blocks = (pem ?? '').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  const all = blocks.slice(0, MAX_BUNDLE).flatMap((block) => {
    try {
      const { validTo, subject = '' } = new X509Certificate(block)
      return [{ expires: `${new Date(validTo).toISOString().slice(0, 19)}Z`, subject: subject.replaceAll('\n', ', ') }]
    } catch {
      return []
    }
  })
  const [first] = all.toSorted((a, b) => a.expires.localeCompare(b.expires))
  if (first === undefined) return []
  const more = blocks.length > 1 ? ` (the first to end of ${blocks.length})` : ''
  return [{ where, expires: first.expires, detail: `${detail}: ${first.subject}${more}`.slice(0, 300) }]
}
