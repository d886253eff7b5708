/** A sentence about a port and what shows it. As data, so that a lying fake can be put before the same claims. */
export type Claims<Subject> = readonly (readonly [sentence: string, shown: (subject: Subject) => Promise<void>])[]

/** The claims that a subject does not keep; each gets a fresh one. */
export async function brokenClaims<Subject>(
  claims: Claims<Subject>,
  fresh: () => Subject | Promise<Subject>,
): Promise<readonly string[]> {
  const broken: string[] = []
  for (const [sentence, shown] of claims) {
    try {
      await shown(await fresh())
    } catch {
      broken.push(sentence)
    }
  }
  return broken
}
