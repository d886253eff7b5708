import { watchedKinds } from '../cluster/kinds.ts'

/** What a snapshot should hold for all signs to be seen that can be: list these, in any order. */
export const faultKinds: readonly { readonly apiVersion: string; readonly kind: string }[] = [
  ...watchedKinds,
  // A route that is refused: nothing else says so.
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
  // They say themselves that what was to be deployed is not; the pods of the version before are well meanwhile.
  { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' },
  { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
]
