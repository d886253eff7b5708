/** Does it with each, so many at a time, in their order; the first failure ends it, when those that run have ended. */
export async function atOnce<T>(most: number, all: Iterable<T>, act: (one: T) => Promise<unknown>): Promise<void> {
  const left = all[Symbol.iterator]()
  let failed = false
  const work = async () => {
    for (let next = left.next(); !failed && next.done !== true; next = left.next())
      try {
        await act(next.value)
      } catch (error) {
        failed = true
        throw error
      }
  }
  const ends = await Promise.allSettled(Array.from({ length: most }, work))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
