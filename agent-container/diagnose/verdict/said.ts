import type { Citation } from '../../../shared/artifacts/evidence.ts'
import { keyOf } from '../../../shared/cluster/graph/graph.ts'
import type { Weighed } from '../evidence/score.ts'
import { tellingTexts } from '../evidence/telling-texts.ts'
import { cite } from '../snapshot/cite.ts'
import { label, type Snapshot, seek } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'

type Sentence = { readonly text: string; readonly evidence: readonly Citation[] }
/** What else is said repeats it. */
const MOST_SAID = 12
const MOST_RELATIONS = 5
/** Weaker than this a word may lead anywhere. */
const SURE = 0.8

/** The telling sentences themselves: who knows the program learns more from them than from any rule. */
export const saidOf = (snapshot: Snapshot, subject: Subject): readonly Sentence[] =>
  tellingTexts(snapshot, subject)
    .slice(0, MOST_SAID)
    .map(({ at, text, evidence }) => ({ text: `${label(at)} says: ${flat(text)}`, evidence }))

/** Where the words of those sentences are defined, likeliest suspects first. */
export const relationsOf = (snapshot: Snapshot, suspects: readonly Weighed[]): readonly Sentence[] =>
  suspects
    .flatMap(({ object, links }) => {
      const [link] = links.toSorted((a, b) => strengthOf(b) - strengthOf(a))
      if (link === undefined || strengthOf(link) < SURE || keyOf(link.text.subject) === keyOf(object)) return []
      const { text, word, relation } = link
      return [
        {
          text: `${label(text.at)} speaks of ${word}: ${label(object)} ${relation}.`,
          evidence: [...text.evidence, ...cite(seek(snapshot, object), word)],
        },
      ]
    })
    .slice(0, MOST_RELATIONS)
const strengthOf = ({ strength, verified }: Weighed['links'][number]): number => strength + (verified === true ? 1 : 0)
const flat = (text: string): string => text.replace(/\s+/g, ' ').trim()
