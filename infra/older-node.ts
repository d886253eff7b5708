// Loaded first in the bundles that people install: what the sources use and Node 20 and 22 do not have yet. On Node 24,
// which the functions run on, all of it is there and nothing here does anything.
import { createRequire } from 'node:module'

type Release = () => unknown

/** As the language has it since Node 24: what was put in first is released last, and every error is kept. */
class OlderAsyncDisposableStack {
  #releases: Release[] = []
  #disposed = false

  get disposed(): boolean {
    return this.#disposed
  }
  defer(release: Release): void {
    if (this.#disposed) throw new ReferenceError('The stack is disposed already.')
    this.#releases.push(release)
  }
  async disposeAsync(): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    let failed: { readonly error: unknown } | undefined
    for (const release of this.#releases.reverse())
      try {
        await release()
      } catch (error) {
        const both = new Error('Two releases failed.', { cause: error })
        failed = { error: failed === undefined ? error : Object.assign(both, { error, suppressed: failed.error }) }
      }
    this.#releases = []
    if (failed !== undefined) throw failed.error
  }
}

const define = (on: object, name: PropertyKey, value: unknown): void => {
  if (!(name in on)) Object.defineProperty(on, name, { value, writable: true, configurable: true })
}
define(Symbol, 'dispose', Symbol.for('nodejs.dispose'))
define(Symbol, 'asyncDispose', Symbol.for('nodejs.asyncDispose'))
define(OlderAsyncDisposableStack.prototype, Symbol.asyncDispose, OlderAsyncDisposableStack.prototype.disposeAsync)
define(globalThis, 'AsyncDisposableStack', OlderAsyncDisposableStack)

define(Promise, 'withResolvers', function withResolvers(this: PromiseConstructor) {
  let [resolve, reject]: unknown[] = []
  const promise = new this((resolved, rejected) => {
    resolve = resolved
    reject = rejected
  })
  return { promise, resolve, reject }
})
define(Set.prototype, 'union', function union(this: ReadonlySet<unknown>, other: ReadonlySet<unknown>) {
  return new Set([...this, ...other])
})
define(Map, 'groupBy', (items: Iterable<unknown>, keyOf: (item: unknown, index: number) => unknown) => {
  const groups = new Map<unknown, unknown[]>()
  let index = 0
  for (const item of items) {
    const key = keyOf(item, index++)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
})

const builtin = createRequire(import.meta.url)
// undici marks its own classes with it, so that no other thread gets one: there is no other.
define(builtin('node:worker_threads'), 'markAsUncloneable', () => {})
// undici takes hold of them as it is loaded, and uses them for answers in zstd only, which nobody here asks for.
const zlib = builtin('node:zlib')
for (const name of ['createZstdCompress', 'createZstdDecompress'])
  define(zlib, name, () => {
    throw new Error('This Node has no zstd.')
  })
