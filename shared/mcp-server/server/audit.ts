import type { Scope } from '../targets/noted-targets.ts'

/** One call: who looked where with what, and what came of it. Holds no argument and nothing of the answer. */
export type AuditLine = {
  /** The subject of a token, or by which door: `token`, `stdio`, `local`. */
  readonly caller: string
  readonly session: string
  readonly call: string
  readonly tool: string
  readonly clusters: readonly string[]
  readonly namespaces: readonly string[]
  readonly outcome: 'ok' | 'partial' | 'error'
  readonly milliseconds: number
  readonly bytes: number
  readonly redactions: number
  /** Changes that were tried; dry runs are none. */
  readonly writes: number
}

/** A fan-out may look at hundreds of places; the line says how many more there were. */
const MAX_PLACES = 50

export function places({ clusters, namespaces }: Scope): { clusters: string[]; namespaces: string[] } {
  const few = (all: ReadonlySet<string>) => {
    const shown = [...all].slice(0, MAX_PLACES)
    return all.size > MAX_PLACES ? [...shown, `and ${all.size - MAX_PLACES} more`] : shown
  }
  return { clusters: few(clusters), namespaces: few(namespaces) }
}
