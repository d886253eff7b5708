import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import type { ClusterWriter } from '../../kubernetes/cluster-writer.ts'
import type { ConnectOptions } from '../../kubernetes/connect.ts'
import type { CredentialInfo } from '../../kubernetes/credential-expiry.ts'
import type { Target } from '../targets/target.ts'

export type Opened = ClusterApi & {
  /** Absent wherever nobody said that clusters may be changed. */
  readonly write?: ClusterWriter
  readonly close: () => Promise<void>
}
/** `connectCluster`, unless clusters may be changed. */
export type Connect = (kubeconfig: string, options: ConnectOptions) => Opened

/** A cluster that a source knows. */
export type Found = {
  readonly target: Target
  /** As the system that tells of it calls its state: `active`, `provisioning`; '' or absent: not known. */
  readonly state?: string
  /** Where its kubeconfig lies by itself. */
  readonly file?: string
  /** What it is logged into with, as far as that is known before it is opened. */
  readonly credential?: () => CredentialInfo | undefined
  /** Another one means that something else stands behind the name: it is connected anew. */
  readonly version: string
  /** Where its credential stands in a file: reading that again costs nobody anything. */
  readonly inFile?: boolean
  /** Gets the credential and connects; again when the credential runs out or is refused. */
  readonly open: () => Promise<Opened>
}

/** Somewhere that clusters are known from. */
export type Source = {
  readonly kind: 'kubeconfig' | 'directory' | 'in-cluster' | 'clusters-file' | 'discovered' | 'rancher' | 'nsk' | 'aks'
  /** As messages call it; holds no secret. */
  readonly name: string
  /** What is known now; the same array as long as nothing has changed. */
  readonly current: () => readonly Found[]
  readonly problems: () => readonly string[]
  /** What is left out, and why; nothing is wrong with the rest. */
  readonly notes?: () => readonly string[]
  /** What will end by itself unless somebody does something, and when. */
  readonly soon?: () => string | undefined
  /** Looks again if that is due, with `force` in any case. Never throws: what is wrong is among the problems. */
  readonly refresh: (force?: boolean) => Promise<void>
  readonly close?: () => Promise<void>
  /** The one that its own configuration calls current, if any. */
  readonly currentContext?: () => string | undefined
  /** Of one that asks another system for its clusters. */
  readonly discovery?: Discovery
}

/** What can be told about a source that asks another system. */
export type Discovery = {
  /** `https://rancher.example`, or the program. */
  readonly place: string
  readonly refreshed: () => Date | undefined
  /** Everything that was heard of, also what is left out, and why. */
  readonly seen: () => readonly SeenCluster[]
  readonly status: (signal: AbortSignal) => Promise<DiscoveryStatus>
}
export type SeenCluster = {
  readonly id: string
  readonly name: string
  readonly state: string
  /** Why it is not among the clusters. */
  readonly leftOut?: string
}
export type DiscoveryStatus = {
  readonly reachable: boolean
  readonly how: string
  readonly user?: string
  readonly tokenExpires?: string
  readonly tokenExpired?: boolean
  readonly autoRefresh: boolean
  readonly refreshSeconds: number
  readonly profile?: string
  readonly error?: string
}

/** Whose names win: what somebody wrote down wins over what another system tells. */
export const isGiven = ({ kind }: Pick<Source, 'kind'>): boolean =>
  !['discovered', 'rancher', 'nsk', 'aks'].includes(kind)
