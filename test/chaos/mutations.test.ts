import { expect, test } from 'vitest'
import { share } from '../run/share.ts'
import { mutations } from './mutations.ts'
import { simulate } from './simulate.ts'

/** Each is caught long before. */
const MOST = 400

test.each(share(mutations, 2))(
  'without $what a promise is broken, and the checker says so',
  async ({ options, caught }) => {
    const said: string[] = []
    for (let seed = 1; seed <= MOST && !said.some((text) => caught.test(text)); seed++)
      said.push(...(await simulate(seed, options)).violations)
    expect(said.filter((text) => caught.test(text))).not.toEqual([])
  },
  60_000,
)

test.each(share(mutations, 2))(
  'with $what the same climate breaks none',
  async ({ options: { climate = {} } }) => {
    for (let seed = 1; seed <= 100; seed++) expect((await simulate(seed, { climate })).violations).toEqual([])
  },
  60_000,
)
