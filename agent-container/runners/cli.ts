import type { Task } from '../agent/broker-client.ts'
import type { Run } from './runner.ts'

/** How one foreign program is started, and how its output is read. */
export type Cli = {
  readonly program: string
  /** Whose models it can speak to. */
  readonly providers: readonly Task['provider'][]
  readonly start: (run: Pick<Run, 'broker' | 'task'>, home: string) => Start
  readonly read: (output: Output) => Said
}
export type Start = {
  readonly args: readonly string[]
  /** On top of PATH and HOME, which is a folder of its own. Nothing else is inherited. */
  readonly environment: Readonly<Record<string, string>>
  /** Below HOME. */
  readonly files: Readonly<Record<string, string>>
  readonly stdin: string
}
export type Output = { readonly stdout: string; readonly stderr: string; readonly code: number | null }
export type Said = {
  /** Its last words, in which a verdict may stand. */
  readonly text: string
  /** Calls of tools, as it tells them. */
  readonly commands: readonly string[]
  readonly summary: {
    readonly turns?: number
    readonly inputTokens?: number
    readonly outputTokens?: number
    readonly costUsd?: number
  }
  readonly trouble?: { readonly kind: 'quota' | 'timeout' | 'failed'; readonly why: string }
}

/** The one MCP server that a foreign program is given. */
export const SERVER = 'nightcrier'
/** For programs that answer in words: the same verdict, should they not call the tool. */
export const LAST_WORDS =
  '\n\nIf you cannot call submit_verdict, end with the verdict as one JSON object and nothing after it.'

const spentWords =
  /\b(402|429)\b|quota|rate.?limit|usage limit|budget|too many requests|resource.?exhausted|credit balance/i
const lateWords = /timed? ?out|deadline/i
export const troubleOf = (why: string): NonNullable<Said['trouble']> => ({
  kind: spentWords.test(why) ? 'quota' : lateWords.test(why) ? 'timeout' : 'failed',
  why: why.trim().slice(0, 400),
})

/** JSON, one value a line; other lines are chatter. */
export const linesOf = (text: string): readonly unknown[] =>
  text.split('\n').flatMap((line) => {
    const value = line.trimStart().startsWith('{') ? jsonIn(line) : undefined
    return value === undefined ? [] : [value]
  })

/** The last JSON object in a text, fenced or plain. */
export function jsonIn(text: string): unknown {
  const whole = parsed(text.trim())
  if (whole !== undefined) return whole
  // What stands in a fence is meant, whatever is said around it.
  for (const [, body = ''] of [...text.matchAll(/```(?:json)?\s*([\s\S]*?)```/g)].toReversed()) {
    const fenced = parsed(body.trim())
    if (fenced !== undefined) return fenced
  }
  const end = text.lastIndexOf('}')
  // From the front, so that the outermost object is found; a verdict has few braces before it.
  for (
    let at = text.indexOf('{'), tried = 0;
    at >= 0 && at < end && tried < 50;
    at = text.indexOf('{', at + 1), tried++
  ) {
    const value = parsed(text.slice(at, end + 1))
    if (value !== undefined) return value
  }
  return undefined
}
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
