/**
 * Causes that lie outside the cluster: no object of it can be changed to end the trouble. Their kind in a verdict is
 * `External`, their name one of these.
 */
export const externals = [
  'cloud role',
  'node group',
  'firewall',
  'registry',
  'DNS',
  'identity provider',
  'other service',
] as const
export const EXTERNAL = 'External'
const known: readonly string[] = externals

export const isExternal = ({ kind, name }: { readonly kind: string; readonly name: string }): boolean =>
  kind === EXTERNAL && known.includes(name)
