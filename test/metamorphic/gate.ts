import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { isControl } from '../simulator/expectations.ts'
import { allScenarios, type Placed, readPlaced } from '../simulator/sets.ts'
import { variations } from './variations.ts'

/** `known.yaml`: what breaks today, by variation. Only ever shorter. */
export const knownBroken = z
  .record(z.string(), z.array(z.string()))
  .parse(parse(readFileSync(new URL('known.yaml', import.meta.url), 'utf8')))
export const names = Object.keys(variations)
export const keyOf = ({ set, name }: Pick<Placed, 'set' | 'name'>): string => `${set}/${name}`

/** Scenarios with something to find; what changes while it is watched is another matter. */
export const faulty = (): readonly ReturnType<typeof readPlaced>[] =>
  allScenarios()
    .map(({ folder }) => readPlaced(folder))
    .filter(({ expect, changes }) => expect !== undefined && !isControl(expect) && changes.length === 0)

/** Always the same ones for one seed: each `step`th, from a place that the seed gives. */
export const seededShare = <T>(all: readonly T[], step: number, seed: number): readonly T[] =>
  all.filter((_, index) => index % step === seed % step)
