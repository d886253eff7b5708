import { z } from 'zod'
import { badConditions } from './conditions.ts'
import { writersOf } from './makers.ts'
import { type Condition, maybe, text } from './shapes.ts'
import { eventsOf, reader, refOf, type Seen, type Snapshot, seek, whether } from './snapshot.ts'

/** Who writes a Secret in place of people, and where it gets what it writes. */
const Producer = z.object({
  spec: z
    .object({
      /** cert-manager */
      issuerRef: maybe(z.object({ kind: text, name: z.string() })),
      /** external-secrets */
      secretStoreRef: maybe(z.object({ kind: text, name: z.string() })),
    })
    .prefault({}),
  status: z.object({ notAfter: text }).prefault({}),
})

export const producerKinds = [
  { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' },
  { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' },
  { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' },
] as const
const producers = reader('', Producer)

export type Failing = {
  readonly producer: Seen
  /** Its own condition that says so, when there is one. */
  readonly condition: Condition | undefined
  readonly said: readonly {
    readonly message: string
    readonly source: { readonly id: string; readonly text: string }
  }[]
  readonly expired: boolean
  /** What it draws from, when that is what is wrong: it exists and says that it fails. */
  readonly source: Seen | undefined
  /** What it draws from does not exist. */
  readonly lacks: string | undefined
}

/** The one that should write this Secret, when it fails. */
export function failingProducer(snapshot: Snapshot, namespace: string, secret: string): Failing | undefined {
  for (const seen of writersOf(snapshot, { kind: 'Secret', namespace, name: secret })) {
    const data = producers.of(seen)?.data
    if (data === undefined) continue
    const condition = badly(seen)
    const { notAfter } = data.status
    const expired = notAfter !== undefined && Date.parse(notAfter) < snapshot.now.getTime()
    const said = eventsOf(snapshot, refOf(seen))
      .filter(({ type }) => type === 'Warning')
      .slice(-2)
      .map((event) => ({ message: event.message, source: event }))
    if (condition === undefined && !expired && said.length === 0) continue
    const from = sourceOf(seen, namespace)
    const source = from === undefined ? undefined : seek(snapshot, from.ref)
    return {
      producer: seen,
      condition,
      said,
      expired,
      source: source !== undefined && badly(source) !== undefined ? source : undefined,
      lacks:
        from !== undefined && whether(snapshot, from.ref.kind, from.ref.namespace, from.ref.name).is === 'absent'
          ? `${from.ref.kind} ${from.ref.name}`
          : undefined,
    }
  }
  return undefined
}

/** Its condition that is not as it should be; the one for the whole first. */
export function badly(seen: Seen): Condition | undefined {
  const bad = badConditions(seen)
  return bad.find(({ type }) => /^(Ready|Synced|Available)$/.test(type)) ?? bad[0]
}

/** The issuer or store that a producer names. */
export function sourceOf(seen: Seen, namespace: string) {
  const { issuerRef, secretStoreRef } = producers.of(seen)?.data.spec ?? {}
  const named = issuerRef ?? secretStoreRef
  if (named === undefined) return undefined
  const kind = named.kind ?? (issuerRef === undefined ? 'SecretStore' : 'Issuer')
  return {
    apiVersion: seen.apiVersion,
    ref: { kind, namespace: kind.startsWith('Cluster') ? '' : namespace, name: named.name },
  }
}
