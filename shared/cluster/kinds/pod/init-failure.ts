import { type Context, countedFrom, olderThan, within } from '../../context.ts'
import { none, type Sign, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'
import {
  backsOff,
  containersOf,
  isCrash,
  markOf,
  type PodContainer,
  RECENT_CRASH_SECONDS,
  specOf,
} from './containers.ts'
import { isLeaving, runsOnce, settles } from './meant.ts'

/** What a script waits for at a start is there in a minute, or somebody is needed. */
const WAITING_SECONDS = 120
/** Migrations and downloads take minutes; a Deployment's own deadline is ten. */
const WORKING_SECONDS = 600
/** With fewer restarts than this a start that needs others may still come right. */
const FIRST_TRIES = 4

export const initFailure: Signs<PodView> = (pod, context) => {
  if (isLeaving(pod) || runsOnce(pod)) return none
  return containersOf(pod)
    .filter(({ init }) => init)
    .flatMap((one) => failed(pod, one, context) ?? waits(pod, one, context) ?? none)
}

function failed(pod: PodView, { status, path }: PodContainer, context: Context): Sign | undefined {
  const ended = status.state?.terminated
  // An init container that has ended well is done, whatever its earlier tries.
  if (ended && !isCrash(ended)) return undefined
  const last = ended ?? status.lastState?.terminated ?? undefined
  const backingOff = backsOff(status)
  if (!backingOff && !(isCrash(last) && within(RECENT_CRASH_SECONDS, last?.finishedAt, context.now))) return undefined
  if ((status.restartCount ?? 0) < FIRST_TRIES && settles(pod, context)) return undefined
  const code = typeof last?.exitCode === 'number' ? `, last exit code: ${last.exitCode}` : ''
  const reason = last?.reason ? `, last reason: ${last.reason}` : ''
  const mark = markOf(last)
  return {
    reason: 'InitFailure',
    message: `Init container failed, restart count: ${status.restartCount ?? 0}${code}${reason}`,
    field: backingOff ? `${path}.state.waiting.reason` : `${path}.${ended ? 'state' : 'lastState'}.terminated`,
    container: status.name,
    ...(mark === undefined ? {} : { mark }),
  }
}

/** One that runs and does not end: two minutes for what only waits, ten for what may be at work. */
function waits(pod: PodView, { status, path }: PodContainer, context: Context): Sign | undefined {
  const began = status.state?.running?.startedAt
  if (!began) return undefined
  const since = countedFrom(began, pod, context)
  const only = specOf(pod, status.name)?.waits === true
  if (!olderThan(only ? WAITING_SECONDS : WORKING_SECONDS, since, context.now)) return undefined
  return {
    reason: 'InitFailure',
    message: `Init container has not ended since ${began}${only ? ': it waits for something' : ''}`,
    field: `${path}.state.running.startedAt`,
    container: status.name,
    since: began,
    mark: 'waits',
  }
}
