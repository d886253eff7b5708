import { ClusterApiError, type LogQuery } from './cluster-api.ts'

const esc = String.fromCharCode(27)
/** Colours and cursor movements (CSI), titles and links (OSC). */
const terminal = new RegExp(
  `${esc}\\[[0-9;?]*[ -/]*[@-~]|${esc}\\][^${String.fromCharCode(7)}${esc}]*(?:${String.fromCharCode(7)}|${esc}\\\\)?`,
  'g',
)
const controls = /[^\P{Cc}\n\t\r]/gu

/**
 * Bytes of a log as lines: broken bytes become U+FFFD, what only a terminal obeys goes, and of a line that was written
 * over (`\r`, as progress bars do) the last state stays. `cut`: the beginning is missing, and with it half a line.
 */
export function logText(bytes: Buffer, cut: boolean): string {
  const first = cut ? bytes.indexOf(10) + 1 : 0
  // Without any line feed it is one long line, whose end is all there is.
  const from = first > 0 && first < bytes.length ? first : cut ? firstCharacter(bytes) : 0
  const text = new TextDecoder().decode(bytes.subarray(from))
  const plain = text.includes(esc) ? text.replace(terminal, '') : text
  return (plain.includes('\r') ? plain.split('\n').map(lastState).join('\n') : plain).replace(controls, '')
}

function firstCharacter(bytes: Buffer): number {
  let at = 0
  while (at < 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++
  return at
}

function lastState(line: string): string {
  if (!line.includes('\r')) return line
  return line.split('\r').findLast((state) => state.trim() !== '') ?? ''
}

/** What a kubelet answers with status 200 when its runtime has thrown the file away (kubernetes/kubernetes#142258). */
const noLog = /^unable to retrieve container logs for \S+\s*$/

/** Throws for an answer that speaks of the log instead of being it. */
export function assertLog(text: string, query: LogQuery): void {
  if (text.length > 500 || !noLog.test(text)) return
  const run = query.previous === true ? 'the earlier run' : 'this run'
  throw new ClusterApiError(
    `The node no longer has the log of ${run} of container ${query.container ?? ''} of ${query.namespace}/${query.pod}: what it wrote is unknown.`,
    404,
    'LogGone',
  )
}

/** The API server's refusals of a log in words about the container. */
export function logRefusal(error: unknown, query: LogQuery): unknown {
  if (!(error instanceof ClusterApiError) || error.status !== 400) return error
  const which = `Container ${query.container ?? ''} of ${query.namespace}/${query.pod}`
  if (/previous terminated container/.test(error.message))
    return new ClusterApiError(
      `${which} has no earlier run: it has not restarted, or the node has already removed what it wrote before.`,
      400,
      'NoEarlierRun',
      { cause: error },
    )
  const waits = /is waiting to start: (.{1,200})/.exec(error.message)?.[1]
  if (waits === undefined) return error
  return new ClusterApiError(
    `${which} has not started, so it has written nothing yet. It is waiting to start: ${waits}.`,
    400,
    'NotStarted',
    { cause: error },
  )
}
