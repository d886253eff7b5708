import { distance } from 'fastest-levenshtein'

/** The name that was probably meant: at most two letters away, or the same words joined otherwise. */
export function nearest(name: string, others: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_.]/g, '')
  const scored = others
    .filter((other) => other !== name)
    .map((other) => ({ other, far: plain(other) === plain(name) ? 0 : distance(name, other) }))
    .toSorted((a, b) => a.far - b.far)
  const best = scored[0]
  // Two letters of a short name are another word.
  return best !== undefined && best.far <= Math.min(2, Math.floor(name.length / 4)) ? best.other : undefined
}
