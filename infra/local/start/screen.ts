import colors from 'picocolors'
import { z } from 'zod'
import type { Incident } from '../../../shared/incident/incident.ts'
import { causeLine, type Published } from './follow-incidents.ts'

const paint = {
  open: colors.yellow,
  queued: colors.yellow,
  running: colors.cyan,
  reported: colors.green,
  'evidence-only': colors.magenta,
  failed: colors.red,
  skipped: colors.dim,
  resolved: colors.green,
} as const

const LogLine = z.looseObject({
  level: z.union([z.string(), z.number()]),
  function: z.string().optional(),
  worker: z.string().optional(),
  message: z.string().optional(),
  msg: z.string().optional(),
  error: z.string().optional(),
})
/** pino's numbers; 40 is a warning. */
const isWorthPrinting = (level: string | number): boolean =>
  typeof level === 'number' ? level >= 40 : ['warning', 'warn', 'error', 'critical', 'fatal'].includes(level)

const sgr = '\u001b\\[[0-9;]{1,12}m'
/** All control characters (those of eight bits, too) and all that turn a line around; line ends and our colours stay. */
const steering = new RegExp(
  `${colors.isColorSupported ? `(${sgr})` : '((?!))'}|(?![\\n\\t])[\\p{Cc}\\p{Cf}\u2028\u2029]`,
  'gu',
)
export const printable = (text: string): string => text.replace(steering, (_, colour?: string) => colour || ' ')

/** All that `npm start` prints: steps for the reader on stdout, troubles on stderr. */
export function createScreen(options: { readonly verbose: boolean }) {
  const time = (at: Date) => colors.dim(at.toTimeString().slice(0, 8))
  // Names and notes are a cluster's own: nothing in them may steer the terminal. Colours are put on by us.
  const say = (text: string) => console.log(printable(text))
  let lastTrouble = ''
  return {
    say,
    event: (text: string) => say(`${time(new Date())}  ${text}`),
    fact: (name: string, value: string) => say(`  ${colors.dim(name.padEnd(10))} ${value}`),
    step: (incident: Incident, step: Incident['steps'][number]) => {
      const { kind, namespace, name } = incident.owner
      const about = `${kind}/${namespace ?? ''}/${name}`
      const state = paint[step.state](step.state.padEnd(13))
      say(`${time(new Date(step.at))}  ${state}  ${colors.bold(`${incident.cluster} ${about}`)}  ${step.note}`)
    },
    /** `kept`: where the page lies when the address has ended with the program. */
    report: (published: Published, kept?: string) => {
      say(`${time(new Date())}  ${colors.bold(published.report.headline)}`)
      if (kept !== undefined) say(`page:   ${kept}`)
      say(`report: ${published.url}`)
      say(`cause: ${causeLine(published)}`)
    },
    trouble: (text: string) => console.error(colors.red(printable(text))),
    /** A worker's line: whole when verbose, else only what a reader should know, and not twice in a row. */
    log: (line: string, worker: string) => {
      if (options.verbose) return console.error(colors.dim(`[${worker}] ${printable(line)}`))
      const outer = LogLine.safeParse(fromJson(line))
      if (!outer.success || !isWorthPrinting(outer.data.level)) return
      const said = outer.data.message ?? line
      // The app's own lines are JSON again, within the host's.
      const inner = LogLine.safeParse(fromJson(said))
      const sentence = (inner.data?.msg ?? said).split('\n')[0]
      const error = inner.data?.error === undefined ? '' : `: ${inner.data.error}`
      const text = `${outer.data.function ?? worker}: ${sentence}${error}`
      if (text !== lastTrouble) console.error(colors.dim(printable(text.slice(0, 400))))
      lastTrouble = text
    },
  }
}
export type Screen = ReturnType<typeof createScreen>

function fromJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
