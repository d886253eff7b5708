import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { ToolSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { whyItFalls } from '../../shared/artifacts/cited.ts'
import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import type { OtherIncident } from '../../shared/artifacts/job.ts'
import type { Verdict } from '../../shared/artifacts/verdict.ts'
import type { Tool } from '../../shared/mcp-server/server/define-tool.ts'
import { nameOfOther } from '../prompts/first-message.ts'
import { checkedOf } from '../review/checked.ts'
import { resolveCitations } from '../review/citations.ts'
import { mended } from '../review/mend.ts'
import { confirmedShape, HandedIn, type Submitted, sameShape, submittedShape } from '../review/submitted.ts'

/** A verdict with parts that fall goes back so often; then it is taken as it is. */
const MENDS = 2
/** What is no verdict at all goes back so often; then nobody is asked again. */
const FORMS = 3

export type HandIn = {
  readonly submit: (given: unknown) => string
  readonly confirm: (given: unknown) => string
  readonly sameAs: (given: unknown) => string
  /** What counts, once something was handed in. */
  readonly result: () => Submitted | undefined
  readonly accepted: () => boolean
  /** Why nothing more is taken, when that is not because a verdict was accepted. */
  readonly givenUp: () => string | undefined
}

/** Takes verdicts: mends their form, checks them as the report will, sends back what would fall, and keeps the first accepted. */
export function openHandIn(deps: {
  readonly entries: () => readonly EvidenceEntry[]
  readonly rules: Verdict | undefined
  readonly model: string
  readonly others?: readonly OtherIncident[]
}): HandIn {
  let kept: Submitted | undefined
  let accepted = false
  let sentBack = 0
  let unreadable = 0
  let last = ''

  const take = (given: unknown, shape: z.ZodType<HandedIn>, confirms: boolean): string => {
    if (accepted) return DONE
    if (unreadable >= FORMS) return OVER
    const parsed = shape.safeParse(mended(given))
    if (!parsed.success) {
      last = parsed.error.issues
        .slice(0, 12)
        .map(({ path, message }) => `${path.join('.') || 'verdict'}: ${message}`)
        .join('; ')
      unreadable++
      return unreadable >= FORMS ? OVER : `Not yet: this is no verdict. ${last}`
    }
    const { verdict, fell } = resolveCitations(parsed.data, deps.entries())
    kept = withFormer({ ...verdict, confirms }, kept, deps.entries())
    const dropped = sentBack++ < MENDS ? [...fell, ...whatFalls(kept)] : []
    accepted = dropped.length === 0
    if (accepted) return 'Accepted. The investigation is over.'
    return `Not yet: these parts would fall. Quote one line letter for letter from the evidence you cite, one that shows what is wrong; read each object that you name; then hand in again (what was right may be left out).\n${dropped.slice(0, 12).join('\n')}`
  }
  const whatFalls = (submitted: Submitted): readonly string[] =>
    checkedOf({ submitted, rules: deps.rules, entries: deps.entries(), model: deps.model, redact: (text) => text })
      .dropped

  return {
    submit: (given) => take(given, HandedIn, false),
    confirm: (given) => {
      const rules = deps.rules
      if (rules === undefined || rules.rootCauses.length === 0)
        return 'Not yet: the rules name no cause that could be confirmed. Hand in with submit_verdict.'
      return take(given, confirmation(rules), true)
    },
    sameAs: (given) => {
      if (accepted) return DONE
      const others = deps.others ?? []
      const named = Named.safeParse(mended(given)).data?.incident.trim().toLowerCase() ?? ''
      const other = others.find((_, at) => nameOfOther(at) === named)
      if (other === undefined)
        return `Not yet: there is no other incident ${named.slice(0, 40)}${others.length === 0 ? '. Hand in with submit_verdict.' : `; they are called ${others.map((_, at) => nameOfOther(at)).join(', ')}.`}`
      if (other.cause === undefined)
        return `Not yet: ${named} has no verdict so far. Hand in what you found with submit_verdict; incidents that name the same cause become one.`
      return take(given, asIn(other.incidentId, other.cause, deps.rules), false)
    },
    result: () => kept,
    accepted: () => accepted,
    givenUp: () => (unreadable >= FORMS ? `What it handed in was no verdict, ${FORMS} times: ${last}` : undefined),
  }
}
const DONE = 'Accepted already. The investigation is over.'
const OVER = 'Over. What was handed in could not be read as a verdict; the investigation ends here.'

/** A confirmation in the form of a verdict that names nothing of its own. */
const confirmation = (rules: Verdict): z.ZodType<HandedIn> =>
  z.object(confirmedShape).transform(
    (added): HandedIn => ({
      headline: rules.headline,
      outcome: rules.outcome === 'contested' ? 'likely' : rules.outcome,
      rootCauses: [],
      hypotheses: [],
      inferences: [],
      prevention: [],
      ...added,
    }),
  )

const Named = z.looseObject({ incident: z.string() })

/** The cause of another incident, with what shows it here: it goes the way of any other cause. */
const asIn = (
  incidentId: string,
  cause: NonNullable<OtherIncident['cause']>,
  rules: Verdict | undefined,
): z.ZodType<HandedIn> =>
  z.object(sameShape).transform(({ incident: _, evidence, mechanism, ...added }): HandedIn => {
    const summary = `The same cause as in incident ${incidentId}.`.slice(0, 600)
    return {
      headline: rules?.headline ?? summary,
      outcome: 'likely',
      rootCauses: [
        { ...cause, summary, mechanism, confidence: 'medium', confidenceReasons: [], evidence, refutes: [] },
      ],
      hypotheses: [],
      inferences: [],
      prevention: [],
      ...added,
    }
  })

/** A second try mends one thing and leaves out the rest: what it leaves out stays as it was. */
function withFormer(now: Submitted, former: Submitted | undefined, entries: readonly EvidenceEntry[]): Submitted {
  if (former === undefined) return now
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  // Facts stand one by one: those that held stay, but for the one that stands there anew with the same quotes.
  const cited = ({ evidence }: Submitted['facts'][number]) =>
    JSON.stringify(evidence.map(({ id, quote }) => `${id} ${quote}`).toSorted())
  const again = new Set(now.facts.map(cited))
  const isReplaced = (fact: Submitted['facts'][number]) =>
    again.has(cited(fact)) && former.facts.filter((one) => cited(one) === cited(fact)).length === 1
  const held = former.facts.filter(
    (one) =>
      !now.facts.some(({ text }) => text === one.text) &&
      !isReplaced(one) &&
      one.evidence.length > 0 &&
      one.evidence.every((citation) => whyItFalls(citation, byId.get(citation.id)) === undefined),
  )
  const either = <T>(list: T[], before: T[]): T[] => (list.length > 0 ? list : before)
  return {
    ...now,
    rootCauses: now.confirms ? now.rootCauses : either(now.rootCauses, former.rootCauses),
    hypotheses: either(now.hypotheses, former.hypotheses),
    facts: [...now.facts, ...held].slice(0, 60),
    inferences: either(now.inferences, former.inferences),
    gaps: either(now.gaps, former.gaps),
    remedies: either(now.remedies, former.remedies),
    prevention: either(now.prevention, former.prevention),
  }
}

/** The tools by which an investigation ends. Their arguments are mended before they are judged, so no schema refuses them. */
export const handInTools = (hand: HandIn, others: readonly OtherIncident[]): readonly Tool[] => [
  ending(
    'confirm_verdict',
    'Confirm the rules’ verdict',
    'Use when the rules are right, object and mechanism: ends the investigation with their verdict. Leave out what adds nothing.',
    z.object(confirmedShape),
    hand.confirm,
  ),
  ending(
    'submit_verdict',
    'Submit the verdict',
    'Use when the rules are wrong, or have no cause, or not the mechanism: hands in a verdict and ends the investigation. Answers with what is wrong, if anything is.',
    z.object(submittedShape),
    hand.submit,
  ),
  // Offered where there is something to be the same as: a tool that can only be refused costs turns.
  ...(others.some(({ cause }) => cause !== undefined)
    ? [
        ending(
          'same_as',
          'The same cause as another incident',
          'Use when another incident of this cluster, which has a verdict, has the cause of this one, too: ends the investigation with that cause. Quote what shows it in what you read here: the object must be among that.',
          z.object(sameShape),
          hand.sameAs,
        ),
      ]
    : []),
]

function ending(
  name: string,
  title: string,
  description: string,
  shape: z.ZodObject,
  take: (given: unknown) => string,
): Tool {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(shape, { io: 'input', target: 'draft-7' })
  const annotations = { title, readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false }
  return {
    name,
    toolset: 'core',
    definition: ToolSchema.parse({ name, title, description, inputSchema, annotations }),
    call: async (given): Promise<CallToolResult> => ({ content: [{ type: 'text', text: take(given ?? {}) }] }),
  }
}
