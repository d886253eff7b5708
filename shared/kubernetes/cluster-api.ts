import type { KubeObject } from '../faults/kube-object.ts'
import type { CredentialInfo } from './credential-expiry.ts'

/** A kind as users write it: `{ apiVersion: 'apps/v1', kind: 'Deployment' }`. */
export type Kind = { readonly apiVersion: string; readonly kind: string }
export type KindInfo = Kind & {
  readonly plural: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
}

export type ListQuery = {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** At most this many in one answer (1 to 500); more are reached with `continueToken`. */
  readonly limit: number
  readonly continueToken?: string
  /** Also the server's own table. `rows`: of the objects only their metadata. */
  readonly table?: 'rows' | 'objects' | undefined
}
/** One row for each item. A server without tables gives none. */
export type ServerTable = { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
export type ListPage = {
  readonly items: readonly KubeObject[]
  readonly table?: ServerTable
  /** So many more there are, where the server counts them. */
  readonly remaining?: number
  readonly continueToken?: string
  readonly resourceVersion: string
}
export type LogQuery = {
  readonly namespace: string
  readonly pod: string
  readonly container?: string
  readonly previous?: boolean
  readonly tailLines: number
  readonly sinceSeconds?: number
  /** So many bytes of the end are kept (at most 1 MiB); what is missing is missing at the beginning. */
  readonly limitBytes: number
}
export type WatchEvent = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: KubeObject }

export type ServingCertificate = { readonly subject: string; readonly issuer: string; readonly expires: string }

/** Why a cluster did not give what was asked. `status` 0: no answer at all (refused, timed out, TLS). */
export class ClusterApiError extends Error {
  override readonly name = 'ClusterApiError'
  readonly status: number
  readonly reason: string
  /** What to do about it, where whoever threw it knows; the message ends with it. */
  readonly remedy: string | undefined
  constructor(message: string, status: number, reason: string, options?: ErrorOptions & { readonly remedy?: string }) {
    const { remedy } = options ?? {}
    super(remedy === undefined ? message : `${message} ${remedy}`, options)
    this.status = status
    this.reason = reason
    this.remedy = remedy
  }
}

/**
 * One cluster, read-only below whoever asks: GETs and the two self-reviews leave, everything else is refused before it
 * does (shared/kubernetes/read-only.ts). Each call ends by its own deadline (10 s unless the signal is earlier) and
 * throws ClusterApiError. Objects come back as the API gave them: redaction is the caller's door.
 */
export type ClusterApi = {
  readonly server: string
  /** What it logs in with, where that is known before the first call. */
  readonly credential?: CredentialInfo | undefined
  readonly list: (kind: Kind, query: ListQuery, signal?: AbortSignal) => Promise<ListPage>
  /** The certificate that the API server showed when it was last connected to directly; nothing is asked for it. */
  readonly serving?: () => Promise<ServingCertificate | undefined>
  /** `undefined` when there is no such object. */
  readonly get: (kind: Kind, name: string, namespace?: string, signal?: AbortSignal) => Promise<KubeObject | undefined>
  readonly log: (
    query: LogQuery,
    signal?: AbortSignal,
  ) => Promise<{ readonly text: string; readonly truncated: boolean }>
  /** Ends when the server closes it or the signal aborts; throws ClusterApiError with status 410 when the version is too old. */
  readonly watch: (
    kind: Kind,
    query: { readonly namespace?: string; readonly resourceVersion: string },
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ) => Promise<void>
  /** What the API serves, from discovery; kept for ten minutes, and for some seconds when it has to be `fresh`. */
  readonly kinds: (signal?: AbortSignal, fresh?: boolean) => Promise<readonly KindInfo[]>
  /** Groups that the last look at `kinds` could not read: what they serve is unknown. */
  readonly unreadGroups?: () => Promise<readonly string[]>
  readonly version: (signal?: AbortSignal) => Promise<string>
  /** SelfSubjectAccessReview. `resource` may be `pods/log`; `namespace` absent: in all. */
  readonly canI: (
    verb: string,
    resource: string,
    options?: { readonly group?: string; readonly namespace?: string },
    signal?: AbortSignal,
  ) => Promise<boolean>
  /** SelfSubjectRulesReview of one namespace. */
  readonly rules: (
    namespace: string,
    signal?: AbortSignal,
  ) => Promise<{
    readonly incomplete: boolean
    readonly rules: readonly {
      readonly verbs: readonly string[]
      readonly groups: readonly string[]
      readonly resources: readonly string[]
      /** When not empty, the rule holds for objects of these names only. */
      readonly names?: readonly string[]
    }[]
  }>
}
