import type { Condition } from '../view/view-parts.ts'

/**
 * Whether a condition is good when True or good when False stands in its last word only: `StorageReady` against
 * `KernelDeadlock`. Of a word that is not known nothing follows.
 */
const good =
  /(Ready|Available|Healthy|Accepted|Programmed|ResolvedRefs|Synced|Established|Initialized|Reconciled|Valid|Validated|Applied|Installed|Deployed|Connected|Authenticated|Reachable|Issued|NamesAccepted|Operational|UpToDate)$/
const bad =
  /(Degraded|Failed|Failure|Failing|Error|Errored|Stalled|Pressure|Deadlock|Unavailable|Unhealthy|Unreachable|Problem|Denied|Invalid|NotReady|Misconfigured|Corrupt|Readonly|ReadonlyFilesystem|OutOfSpace|Expired|Conflict|Lost)$/
/** Reasons that say that somebody wants it so, or that it is on its way. */
const meant =
  /(^|[a-z])(NoTraffic|ScaledToZero|ScalingDisabled|ScalerNotActive|Paused|Pause|Suspended|Disabled|Progressing|Pending|InProgress|Issuing|DoesNotExist|Creating|Provisioning|Deploying|Upgrading|Updating|Reconciling|Initializing|Waiting|Idle|Hibernated|Stopped|Deactivated|Terminating|Deleting|Unknown|NotActive|Inactive)$/
/** Reasons that say trouble, whatever the condition is called. */
const trouble =
  /(Error|Failed|Failure|Invalid|Misconfigured|NotFound|Missing|Denied|Forbidden|Unauthorized|Refused|NotPermitted|Unavailable|Unreachable|Conflict|TimedOut|Timeout|Exceeded|CrashLoopBackOff|BackOff)$/

export const polarityOf = (type: string): 'good' | 'bad' | 'unknown' =>
  bad.test(type) ? 'bad' : good.test(type) ? 'good' : 'unknown'

/** `Successful: False, reason Successful` contradicts itself: nothing follows from it. */
const contradicts = ({ type, status, reason }: Condition): boolean => {
  const said = `${reason ?? ''}`
  if (status === 'False' && polarityOf(type) === 'bad') return true
  if (/^(Successful|Succeeded|Success|Completed|AsExpected|Ready|Healthy)$/.test(said)) return true
  // `Healthy: False, reason RolloutHealthy`, but not `Ready: False, reason PodsNotReady`.
  return said.endsWith(type) && !/(Not|Un)$/i.test(said.slice(0, -type.length))
}

/** Whether a condition says that something is wrong. */
export function isBad(entry: Condition): boolean {
  const { type, status, reason } = entry
  if (contradicts(entry) || meant.test(reason ?? '')) return false
  switch (polarityOf(type)) {
    case 'good':
      return status === 'False'
    case 'bad':
      return status === 'True'
    default:
      // How a run ended is for whoever started it; and what may be off needs a reason that says trouble.
      return (
        status === 'False' &&
        trouble.test(reason ?? '') &&
        !/^(Succeeded|Complete|Completed|Done|Finished|Successful)$/.test(type)
      )
  }
}
