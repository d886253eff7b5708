import type { Condition } from '../view/view-parts.ts'

type Entry = Pick<Condition, 'type' | 'status'> & { readonly reason?: string | null | undefined }

/**
 * Whether a condition is good when True or good when False stands in its last word only: `StorageReady` against
 * `KernelDeadlock`. Of a word that is not known nothing follows.
 */
const good =
  /(Ready|Available|Healthy|Accepted|Programmed|ResolvedRefs|Synced|Established|Initialized|Reconciled|Valid|Validated|Applied|Installed|Deployed|Connected|Authenticated|Reachable|Issued|NamesAccepted|Operational|UpToDate)$/
const bad =
  /(Degraded|Failed|Failure|Failing|Error|Errored|Stalled|Pressure|Deadlock|Unavailable|Unhealthy|Unreachable|Problem|Denied|Invalid|NotReady|Misconfigured|Blocked|Corrupt|Readonly|ReadonlyFilesystem|OutOfSpace|Expired|Conflict|Lost)$/
/** Reasons that say that somebody wants it so. */
const held =
  /(^|[a-z])(NoTraffic|ScaledToZero|ScalingDisabled|ScalerNotActive|Paused|Pause|Suspended|Disabled|Idle|Hibernated|Stopped|Deactivated|NotActive|Inactive)$/
/** Reasons that say that it is on its way. */
const underway =
  /(^|[a-z])(Progressing|Pending|InProgress|Issuing|DoesNotExist|Creating|Provisioning|Deploying|Upgrading|Updating|Reconciling|Initializing|Waiting|Terminating|Deleting|Unknown)$/
/** Reasons that say trouble, whatever the condition is called. */
const trouble =
  /(Error|Failed|Failure|Invalid|Misconfigured|NotFound|Missing|Denied|Forbidden|Unauthorized|Refused|NotPermitted|Unavailable|Unreachable|Conflict|TimedOut|Timeout|Exceeded|CrashLoopBackOff|BackOff)$/

export const polarityOf = (type: string): 'good' | 'bad' | 'unknown' =>
  bad.test(type) ? 'bad' : good.test(type) ? 'good' : 'unknown'

/** `Successful: False, reason Successful` contradicts itself: nothing follows from it. */
const contradicts = ({ type, status, reason }: Entry): boolean => {
  const said = `${reason ?? ''}`
  if (status === 'False' && polarityOf(type) === 'bad') return true
  if (/^(Successful|Succeeded|Success|Completed|AsExpected|Ready|Healthy)$/.test(said)) return true
  // `Healthy: False, reason RolloutHealthy`, but not `Ready: False, reason PodsNotReady`.
  return said.endsWith(type) && !/(Not|Un)$/i.test(said.slice(0, -type.length))
}

const meant = (reason: string): boolean => held.test(reason) || underway.test(reason)

/** How a run ended. */
const run = /^(Succeeded|Complete|Completed|Done|Finished|Successful|\w+Succeeded)$/
/** A run that ended badly: news for whoever started it, and where somebody asks, what is wrong. */
export const endedBadly = (entry: Entry): boolean =>
  run.test(entry.type) && entry.status === 'False' && !contradicts(entry) && !meant(entry.reason ?? '')

/** Not so, or not yet, and nobody wants it otherwise: no trouble by itself, and what whoever needs it waits for. */
export const isUnmet = (entry: Entry): boolean =>
  polarityOf(entry.type) === 'good' && entry.status === 'False' && !contradicts(entry) && !held.test(entry.reason ?? '')

/** Whether a condition says that something is wrong. */
export function isBad(entry: Entry): boolean {
  const { type, status, reason } = entry
  if (contradicts(entry) || meant(reason ?? '')) return false
  switch (polarityOf(type)) {
    case 'good':
      return status === 'False'
    case 'bad':
      return status === 'True'
    default:
      // How a run ended is for whoever started it; and what may be off needs a reason that says trouble.
      return status === 'False' && trouble.test(reason ?? '') && !run.test(type)
  }
}
