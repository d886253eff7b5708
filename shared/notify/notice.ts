import type { Glance } from '../artifacts/glance.ts'
import type { Outcome } from '../artifacts/report.ts'
import type { Confidence } from '../artifacts/verdict.ts'
import type { Severity } from '../faults/fault.ts'
import type { IncidentState } from '../incident/incident.ts'

export type Action = { readonly title: string; readonly command: string | undefined; readonly changesState: boolean }

/** One moment in the life of an incident. Never raw log lines: those stay behind the link. */
export type IncidentNotice = {
  readonly kind: 'incident'
  readonly event: 'opened' | 'started' | 'reported' | 'skipped' | 'resolved'
  readonly at: string
  readonly incidentId: string
  /** The same for every generation of the incident. */
  readonly identity: string
  readonly generation: number
  readonly status: IncidentState
  readonly cluster: string
  readonly environment: string
  readonly namespace: string
  /** `Deployment/web` */
  readonly resource: string
  readonly severity: Severity
  /** What is unavailable, in words. */
  readonly harm?: string | undefined
  readonly faultType: string
  readonly occurrences: number
  readonly firstSeen: string
  readonly outcome: Outcome | undefined
  readonly headline: string
  /** What is taken in at one look: see `glance`. */
  readonly glance: Glance
  readonly cause: string | undefined
  readonly confidence: Confidence | undefined
  /** Why there is no report, or none of an agent; of an end: why nobody has seen it well. */
  readonly reason: string | undefined
  readonly actions: readonly Action[]
  readonly url: string | undefined
  readonly feedbackUrl: string | undefined
  /** A page where it can be muted for a while; opening it mutes nothing. */
  readonly muteUrl?: string | undefined
  /** A page where any object of its cluster can be asked about; opening it asks nothing. */
  readonly askUrl?: string | undefined
  /** Who answers for the object, by its label or annotation. */
  readonly owner?: string | undefined
  /** How the place calls that owner, so that they are woken; only what the configuration says. */
  readonly mention?: string | undefined
  /** The first line in the words that the place's configuration gives. */
  readonly ownText?: string | undefined
}
/** Trouble with the watch itself, or its end. */
export type TroubleNotice = {
  readonly kind: 'trouble'
  /** `agents-degraded`, `cluster-unreachable`, …: stable, for machines. */
  readonly event: string
  readonly at: string
  /** What it is about: the notice of its end carries the same. */
  readonly about: string
  readonly over: boolean
  readonly severity: Severity
  readonly cluster: string | undefined
  readonly title: string
  readonly text: string
  readonly facts: readonly (readonly [label: string, value: string])[]
}
/** What is told to people, whatever carries it. */
export type Notice = IncidentNotice | TroubleNotice

/** As fast as a place may be told by all instances together. */
export type Pace = {
  /** Between two notices, in the long run. */
  readonly gapMs: number
  /** So many may come at once after a quiet time. */
  readonly burst: number
}
export type Notifier = {
  /** Some places are only told what wakes or ends, others all. */
  readonly takes: (notice: Notice) => boolean
  /** It knows a notice that comes for the second time, by its key or because we can look. */
  readonly dedups: boolean
  readonly pace?: Pace
  /** What it was opened with, hashed: a place with another key is tried anew. */
  readonly openedWith: string
  /**
   * Answers what it takes to change the message later, where that can be done, once it is proved that the place has it;
   * throws Refused or Unsure otherwise.
   */
  readonly send: (notice: Notice, delivered: Delivered) => Promise<string | undefined>
}
export type Delivered = {
  /** Names this notice in this place: a receiver that gets it twice can tell by it. */
  readonly id: string
  /** What the place answered for an earlier notice of the same subject. */
  readonly ref: string | undefined
  /** An earlier try may have arrived: its answer is not known. */
  readonly unsure: boolean
  /** How many tries of this notice may have arrived before this one. */
  readonly copies: number
}

export const isOver = (notice: Notice): boolean =>
  notice.kind === 'incident' ? notice.event === 'resolved' : notice.over

/** For places where each notice is a message of its own: that an agent is at work, or was ended, is told by its report. */
export const isNews = (notice: Notice): boolean =>
  notice.kind === 'incident' ? notice.event !== 'started' && notice.event !== 'opened' : notice.event !== 'agent-lost'

/** Cuts at the last sentence that fits, else at the last word, with a sign that something is missing. */
export function cutAtSentence(text: string, most: number): string {
  if (text.length <= most) return text
  // One more than fits, so that a word or sentence that ends exactly there is seen whole.
  const head = text.slice(0, most)
  const sentence = Math.max(head.lastIndexOf('. '), head.lastIndexOf('! '), head.lastIndexOf('? '))
  if (sentence >= most / 3) return head.slice(0, sentence + 1)
  const word = head.lastIndexOf(' ', most - 1)
  return `${whole(head.slice(0, word > 0 ? word : most - 1))}…`
}

/** At most so many characters, with a sign that something is missing; never half of a surrogate pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  return `${whole(text.slice(0, most - 1))}…`
}

/** Without the first half of a pair whose second half was cut away. */
const whole = (text: string): string => text.replace(/[\uD800-\uDBFF]$/, '')
