/** Set to `all` by `npm run test:all`, and by whoever names a file: then every row of every file is run. */
export const isWhole = process.env.TESTS === 'all'

/**
 * At most `most` of the rows, evenly spread from a place that the seed gives: the same ones each time. All of them
 * where the whole is run, as before each change lands.
 */
export function share<T>(all: readonly T[], most: number, seed = 1): readonly T[] {
  if (isWhole || all.length <= most) return all
  const step = all.length / most
  return Array.from({ length: most }, (_, at) => all[(Math.floor(at * step) + seed) % all.length] as T)
}
