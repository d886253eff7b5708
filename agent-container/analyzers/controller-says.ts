import { cite, few } from '../picture/cite.ts'
import { age, eventsOf, label, refOf } from '../picture/picture.ts'
import { type Analyzer, blame, type Hypothesis, of } from './hypothesis.ts'
import { look } from './remedies.ts'

const refusal = /fail|error|invalid|unknown|denied|reject|forbidden|unsupported|conflict|notfound|missing/i
/** An older complaint may be over; controllers repeat theirs every few minutes. */
const RECENT_MS = 20 * 60_000

/**
 * Reported as not working, and no rule knows why: what its own controller keeps saying of it is then the best there is. A
 * single complaint is none: controllers try again, and most often succeed.
 */
export const controllerSays: Analyzer = ({ picture, subject, symptoms }) => {
  const asked = of(symptoms, 'trouble', 'condition')
  if (asked.length === 0 || subject.seen === undefined || picture.incident.faultType !== 'Reported') return []
  const said = eventsOf(picture, refOf(subject.seen)).findLast(
    ({ type, reason, message, count, at }) =>
      type === 'Warning' &&
      count > 2 &&
      refusal.test(`${reason} ${message}`) &&
      (age(picture, at) ?? RECENT_MS) < RECENT_MS,
  )
  if (said === undefined) return []
  const found: Hypothesis = {
    class: 'RefusedByController',
    blamed: blame(subject),
    summary: `The controller of ${label(subject)} cannot do what it asks for: ${said.message}`.slice(0, 590),
    mechanism: `${said.reason}, ${said.count} times, the last at ${said.at}: ${said.message}`.slice(0, 590),
    evidence: few([...cite(said, said.message), ...cite(subject.seen, `name: ${subject.name}`)], 4),
    confidence: 'high',
    reasons: [`Its controller (${said.component || 'unnamed'}) says so itself, and keeps saying it.`],
    falsification: 'Had a later try succeeded, the complaint would not have been repeated in the last minutes.',
    explains: asked.map(({ key }) => key),
    remedies: [
      look(
        'See all that was said of it',
        `kubectl ${subject.namespace === '' ? '' : `-n ${subject.namespace} `}describe ${subject.kind.toLowerCase()}/${subject.name}`,
      ),
    ],
    weight: 30,
  }
  return [found]
}
