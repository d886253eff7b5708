import type { Fault } from '../faults/fault.ts'
import { faultClass } from '../faults/fault-class.ts'

/** A window's worth of a cluster in ruins; beyond that a look tells again what was told. */
const MAX_TROUBLES = 10_000

/** One class of faults of one object, whichever of its faces is seen: a crash that became a crash loop is known already. */
export type Trouble = { readonly className: string; readonly object: string }

/**
 * Numbers by trouble. Classes hold objects, and an object is known by its uid where it has one: one text of it all would be
 * made anew for each fault of a flood. A class of this language, since a thousand clusters share its functions.
 */
export class Troubles {
  readonly #byClass = new Map<string, Map<string, number>>()
  #size = 0

  get(fault: Fault): number | undefined {
    return this.#byClass.get(faultClass(fault.faultType))?.get(objectOf(fault))
  }

  has({ className, object }: Trouble): boolean {
    return this.#byClass.get(className)?.has(object) === true
  }

  set(fault: Fault, value: number): void {
    const className = faultClass(fault.faultType)
    if (this.#size >= MAX_TROUBLES) {
      this.#byClass.clear()
      this.#size = 0
    }
    let objects = this.#byClass.get(className)
    if (objects === undefined) {
      objects = new Map()
      this.#byClass.set(className, objects)
    }
    const before = objects.size
    objects.set(objectOf(fault), value)
    this.#size += objects.size - before
  }

  delete(fault: Fault): void {
    if (this.#size > 0) this.#remove({ className: faultClass(fault.faultType), object: objectOf(fault) })
  }

  /** Answers how many it forgot. */
  forget(isOver: (trouble: Trouble, value: number) => boolean): number {
    const before = this.#size
    for (const [className, objects] of this.#byClass)
      for (const [object, value] of objects)
        if (isOver({ className, object }, value)) this.#remove({ className, object })
    return before - this.#size
  }

  /** A class without objects goes too: a server may name as many as it likes. */
  #remove({ className, object }: Trouble): void {
    const objects = this.#byClass.get(className)
    if (objects?.delete(object) !== true) return
    this.#size -= 1
    if (objects.size === 0) this.#byClass.delete(className)
  }

  /** How many classes it keeps objects of. */
  get classes(): number {
    return this.#byClass.size
  }
}

const objectOf = ({ resource: { uid, kind, namespace = '', name } }: Fault): string =>
  uid || `${kind}/${namespace}/${name}`
