import type { Incident } from '../incident/incident.ts'
import type { Report } from './report.ts'

/** What somebody takes in at one look. Every surface says the same words, made here and nowhere else. */
export type Glance = {
  /** The first sign: the cluster remembers symptoms from before the fault was heard. */
  readonly since: string
  /** `0 of 2 ready`; absent where nothing was counted. */
  readonly harm: string | undefined
  /** What is wrong, without its cause. */
  readonly effect: string
  /** The cause, or what was seen where none was found. */
  readonly because: string
  /** For a lock screen: the news first, names cut rather than news. */
  readonly short: string
}
type Told = Pick<Report, 'verdict' | 'outcome'>

/** One line of a phone in large letters, two at most. */
const LINE = 80
/** A lock screen shows 75 characters of a message; three are for the sign. */
const SHORT = 72
const SHORT_NAME = 26
const SHORT_CLUSTER = 16

export function glance(incident: Incident, told: Told | undefined): Glance {
  const verdict = told?.verdict
  const { desired, ready } = verdict?.impact ?? {}
  const counted = desired !== undefined && ready !== undefined
  const kind = words(incident.faultType)
  const { name } = incident.owner
  const over = verdict?.outcome === 'none'
  const state = over
    ? ' is healthy now'
    : counted && ready !== desired
      ? ` has ${ready} of ${desired} replicas ready`
      : `: ${kind}`
  const because = over ? 'Nothing is broken any more.' : becauseOf(told)
  const harm = counted ? `${ready} of ${desired} ready` : incident.harm
  const seen = over ? 'healthy now' : counted && ready !== desired ? `${ready}/${desired} ready` : kind
  const [who, where] = [middle(name, SHORT_NAME), middle(incident.cluster, SHORT_CLUSTER)]
  const beginning = `${who} ${seen}, ${where}`
  return {
    since: firstSign(incident, told),
    harm,
    effect: `${middle(name, LINE - state.length)}${state}`,
    because: atWord(because, LINE),
    short: over || because === '' ? beginning : atWord(`${beginning}: ${lowered(because)}`, SHORT),
  }
}

/** The whole cause of one that leads; of contested ones that they are so, since both do not fit a line. */
function becauseOf(told: Told | undefined): string {
  const [first, second] = told?.verdict?.rootCauses ?? []
  if (told?.outcome === 'contested' && second !== undefined)
    return 'Two causes are contested: see what would tell them apart.'
  if (first !== undefined) return plain(first.summary)
  if (told === undefined) return ''
  const fact = told.verdict?.facts[0]?.text
  return fact === undefined ? 'No cause found' : `No cause found; ${lowered(plain(fact.replace(/^Pod [^ ]+: /, '')))}`
}

function firstSign(incident: Incident, told: Told | undefined): string {
  const symptoms = (told?.verdict?.timeline ?? []).filter(({ kind }) => kind === 'symptom').map(({ at }) => at)
  return [incident.firstSeen, ...symptoms].toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? incident.firstSeen
}

/** `CrashLoop` as people say it: crash loop. Short capitals stay: DNS. */
const words = (faultType: string): string =>
  faultType
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ')

/** Without the stamps of machines: 2026-01-12T09:40:58.123Z is said by day and minute. */
const plain = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z/g, (stamp) => dayAndMinute(stamp)).replace(/\.$/, '')

/** A sentence that goes on after a colon; what is written in capitals by its nature stays so. */
const lowered = (text: string): string =>
  /^(The|A|An|Its|No|Two|It|Container|Pod)\b/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** `Mon 12 Jan 09:40 UTC`: as a person says when something began; what cannot be read stays as it is. */
export function dayAndMinute(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return `${days[at.getUTCDay()]} ${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.toISOString().slice(11, 16)} UTC`
}

/** Both ends of a name tell it from others; its middle does not. */
function middle(text: string, most: number): string {
  const letters = [...text]
  if (letters.length <= most) return text
  const head = Math.ceil((most - 1) / 2)
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (most - 1 - head)).join('')}`
}

function atWord(text: string, most: number): string {
  if (text.length <= most) return text
  const space = text.lastIndexOf(' ', most - 1)
  const head = text.slice(0, space > most / 2 ? space : most - 1)
  return `${head.replace(/[\uD800-\uDBFF]$/, '').replace(/[,;:]$/, '')}…`
}
