import { ASKED } from '../incident/asked.ts'
import type { Incident } from '../incident/incident.ts'
import type { Report } from './report.ts'

/** What somebody takes in at one look. Every surface says the same words, made here and nowhere else. */
export type Glance = {
  /** The first sign: the cluster remembers symptoms from before the fault was heard. */
  readonly since: string
  /** `0 of 2 ready`; absent where nothing was counted. */
  readonly harm: string | undefined
  /** The effect says that count already. */
  readonly isCounted: boolean
  /** What is wrong, without its cause. */
  readonly effect: string
  /** The cause, or what was seen where none was found. */
  readonly because: string
  /** False when a part of the cause did not fit its line. */
  readonly whole: boolean
  /** Effect and cause in one line: the heading of lists, threads and terminals. */
  readonly headline: string
  /** For a lock screen: the news first, names cut rather than news. */
  readonly short: string
}
type Concluded = Pick<Report, 'verdict' | 'outcome'>

/** One line of a phone in large letters, two at most. */
const LINE = 80
/** A lock screen shows 75 characters of a message; three are for the sign. */
const SHORT = 72
const SHORT_NAME = 26
const SHORT_CLUSTER = 16

export function glance(incident: Incident, report: Concluded | undefined): Glance {
  const verdict = report?.verdict
  const { state, seen, harm, isCounted = false } = stateOf(incident, verdict)
  const because = becauseOf(incident, report)
  const [who, where] = [middle(incident.owner.name, SHORT_NAME), middle(incident.cluster, SHORT_CLUSTER)]
  const after = because === '' ? '' : `: ${lowered(because)}`
  return {
    since: firstSign(incident, report),
    harm,
    isCounted,
    effect: `${middle(incident.owner.name, LINE - state.length)}${state}`,
    because: atWord(because, LINE),
    whole: because.length <= LINE,
    headline: atWord(`${who} ${seen}${after}`, LINE),
    short: atWord(`${who} ${seen}, ${where}${after}`, SHORT),
  }
}

type State = {
  readonly state: string
  readonly seen: string
  readonly harm: string | undefined
  readonly isCounted?: true
}
/** Only what was counted is said to be missing: all ready is no loss, whatever else is wrong. */
function stateOf({ faultType, owner, harm }: Incident, verdict: Concluded['verdict']): State {
  const kind = words(faultType)
  const { desired = 0, ready, gone } = verdict?.impact ?? {}
  const counted = desired > 0 && ready !== undefined
  // Who asks about a name may have mistyped it: that it was there before is not known.
  if (verdict?.outcome === 'none' && faultType === ASKED)
    return gone === true
      ? { state: ' does not exist', seen: 'does not exist', harm: undefined }
      : { state: ' is healthy', seen: 'healthy', harm: undefined }
  if (verdict?.outcome === 'none')
    return gone === true
      ? { state: ' is no longer there', seen: 'is gone', harm: undefined }
      : { state: ' is healthy now', seen: 'healthy now', harm: undefined }
  if (!counted) return { state: `: ${kind}`, seen: kind, harm }
  const what = owner.kind === 'DaemonSet' ? 'pods' : 'replicas'
  return ready < desired
    ? {
        state: ` has ${ready} of ${desired} ${what} ready`,
        seen: `${ready}/${desired} ready`,
        harm: `${ready} of ${desired} ready`,
        isCounted: true,
      }
    : {
        state: `: ${kind}, ${ready} of ${desired} ${what} ready now`,
        seen: kind,
        harm: `${ready} of ${desired} ready`,
        isCounted: true,
      }
}

/** The whole cause of one that leads; of contested ones that they are so, since both do not fit a line. */
function becauseOf(incident: Incident, report: Concluded | undefined): string {
  const verdict = report?.verdict
  if (verdict?.outcome === 'none') return ''
  const [first, second] = verdict?.rootCauses ?? []
  if (report?.outcome === 'contested' && second !== undefined)
    return 'Two causes are contested: see what would tell them apart'
  if (first !== undefined) return terse(plain(first.summary), incident)
  if (report === undefined) return ''
  const fact = verdict?.facts[0]?.text
  return fact === undefined
    ? 'No cause found'
    : `No cause found; ${lowered(terse(plain(fact.replace(/^Pod [^ ]+: /, '')), incident).replace(/^It: ([A-Z]\w+: )?/, ''))}`
}

const shortKinds = {
  PersistentVolumeClaim: 'PVC',
  HorizontalPodAutoscaler: 'HPA',
  PodDisruptionBudget: 'PDB',
} as const

/** What stands beside the line is not said in it: the object itself, its namespace, the registry of an image. */
function terse(text: string, { owner, namespace }: Incident): string {
  const own = `${owner.kind} ${owner.namespace ? `${owner.namespace}/` : ''}${owner.name}`
  const ended = (part: string) => new RegExp(`${escaped(part)}(?![\\w/-]|\\.\\w)`, 'g')
  return text
    .replace(ended(`${own}'s`), 'its')
    .replaceAll(` (${own})`, '')
    .replace(ended(` of ${own}`), '')
    .replace(ended(` in ${own}`), '')
    .replace(ended(own), 'it')
    .replace(/([A-Z]\w+) ([a-z0-9-]+)\/(?=[a-z0-9])/g, (whole, kind: string, place: string) =>
      place === namespace ? `${kind} ` : whole,
    )
    .replace(/\bImage [\w.-]+(?::\d+)?\/(?:[\w.-]+\/)*(?=[\w.-]+)/g, 'Image ')
    .replace(/\b(PersistentVolumeClaim|HorizontalPodAutoscaler|PodDisruptionBudget)\b/g, (kind) =>
      kind in shortKinds ? shortKinds[kind as keyof typeof shortKinds] : kind,
    )
    .replace(/^[a-z]/, (letter) => letter.toUpperCase())
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function firstSign(incident: Incident, report: Concluded | undefined): string {
  const symptoms = (report?.verdict?.timeline ?? []).filter(({ kind }) => kind === 'symptom').map(({ at }) => at)
  return [incident.firstSeen, ...symptoms].toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? incident.firstSeen
}

const said: Readonly<Record<string, string>> = { Asked: 'asked about' }
/** `CrashLoop` as people say it: crash loop. Short capitals stay: DNS. */
const words = (faultType: string): string =>
  said[faultType] ??
  faultType
    .replace(/([a-z])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')
    .trim()
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ')

/** Without the stamps of machines: 2026-01-12T09:40:58.123Z is said by day and minute. */
export const withoutStamps = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z/g, (stamp) => dayAndMinute(stamp))
const plain = (text: string): string => withoutStamps(text).replace(/\.$/, '')

/** A sentence that goes on after a colon; what is written in capitals by its nature stays so. */
const lowered = (text: string): string =>
  /^(The|A|An|Its|No|Two|It|Container|Pod|Image)\b/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text

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

/** What stands in brackets at the end goes first; it is told where there is room. */
function atWord(text: string, most: number): string {
  if (text.length <= most) return text
  const bracket = text.lastIndexOf(' (', most)
  if (bracket > most / 2 && text.indexOf(')', bracket) === text.length - 1) return text.slice(0, bracket)
  const space = text.lastIndexOf(' ', most - 1)
  const head = text.slice(0, space > most / 2 ? space : most - 1)
  return `${head.replace(/[\uD800-\uDBFF]$/, '').replace(/[,;:]$/, '')}…`
}
