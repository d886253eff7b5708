import { builtinKinds } from '../../kubernetes/builtin-kinds.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { isMeant } from './which-kind.ts'

/** `svc/front` says its kind, as it does to kubectl. GiveUp where that contradicts the kind that is asked for. */
export function kindAndName(
  kind: string | undefined,
  given: string,
): { readonly kind: string | undefined; readonly name: string } {
  const [, prefix, name] = /^([a-zA-Z][\w.-]*)\/(.+)$/.exec(given) ?? []
  if (prefix === undefined || name === undefined) return { kind, name: given }
  if (kind !== undefined && !mayBeOne(prefix, kind))
    throw new GiveUp(`name says ${prefix}, and ${kind.replace(/[^\w. -]/g, '')} is asked for: name one kind.`)
  return { kind: kind ?? prefix, name }
}

const builtins = [...builtinKinds.keys()].map((key) => {
  const [apiVersion = '', kind = ''] = key.split(' ')
  return { apiVersion, kind }
})
/** Told apart only where both are known without asking a cluster. */
function mayBeOne(prefix: string, kind: string): boolean {
  const meant = (written: string) => builtins.filter(isMeant(written))
  const [one, other] = [meant(prefix), meant(kind)]
  return one.length === 0 || other.length === 0 || one.some((each) => other.includes(each))
}
