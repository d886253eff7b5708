import type { SimObject } from '../objects.ts'

/** A scenario on its way to its folder. The committed YAML is the scenario; this only spares typing it. */
export type Draft = {
  readonly name: string
  readonly now: string
  readonly objects: readonly SimObject[]
  /** `<namespace>/<pod>/<container>[.previous]` → text */
  readonly logs?: Readonly<Record<string, string>>
  readonly access?: readonly unknown[]
  readonly expect: unknown
}
