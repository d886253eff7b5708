import { type Program, type Running, start } from './program.ts'
import { type Asking, type Question, questions, type Verdict, verdictOn } from './questions.ts'

export type Answered = {
  readonly question: string
  /** Absent: it has no tools for it that are known here. */
  readonly calls?: number
  readonly characters?: number
  readonly seconds?: number
  readonly verdict?: Verdict
}
export type Measured = {
  readonly name: string
  readonly version: string
  readonly tools: number
  readonly listed: number
  readonly startMs: number
  readonly podMs: number | undefined
  readonly hundredMs: number | undefined
  readonly rows:
    | { readonly calls: number; readonly ms: number; readonly characters: number; readonly pods: number }
    | undefined
  readonly memoryMiB: number | undefined
  readonly questions: readonly Answered[]
}
const STARTS = 5
/** Pages of one list: a server that gives one row at a time is not waited for. */
const MAX_PAGES = 200

/** The same for each server: starts, questions, one pod, a hundred at once, all rows of the big cluster, and what it keeps. */
export async function measure(program: Program, kubeconfig: string, home: string, big: string): Promise<Measured> {
  const starts: number[] = []
  for (let at = 1; at < STARTS; at++) {
    const one = await start(program, kubeconfig, home)
    starts.push(one.startMs)
    await one.close()
  }
  const server = await start(program, kubeconfig, home)
  starts.push(server.startMs)
  try {
    const answered: Answered[] = []
    for (const question of questions) answered.push(await answer(server, question))
    const get = podOf(server, big)
    const pod = get === undefined ? undefined : await timed(async () => repeat(20, () => server.ask(get)))
    const hundred =
      get === undefined ? undefined : await timed(() => Promise.all(Array.from({ length: 100 }, () => server.ask(get))))
    const rows = await allRows(server, big)
    return {
      name: program.name,
      version: server.version,
      tools: server.tools.size,
      listed: server.listed,
      startMs: Math.min(...starts),
      podMs: pod === undefined ? undefined : pod / 20,
      hundredMs: hundred,
      rows,
      memoryMiB: server.memory(),
      questions: answered,
    }
  } finally {
    await server.close()
  }
}

async function answer(server: Running, question: Question): Promise<Answered> {
  const plan = [question.ours, question.theirs].find((one) => one.every(({ tool }) => server.tools.has(tool)))
  if (plan === undefined) return { question: question.question }
  const texts: string[] = []
  const began = performance.now()
  for (const asking of plan) {
    const { text } = await server.ask(asking)
    const { context } = asking.args
    // Whose answer it is, as whoever asked knows it.
    texts.push(typeof context === 'string' ? text.replace(/^/gm, `${context} `) : text)
    texts.push('')
  }
  const said = texts.filter((text) => text !== '')
  const marks = plan.reduce(
    (sum, { args }, at) =>
      sum + ('context' in args ? (said[at]?.split('\n').length ?? 0) * (String(args.context).length + 1) : 0),
    0,
  )
  return {
    question: question.question,
    calls: plan.length,
    characters: said.reduce((sum, text) => sum + text.length, 0) - marks,
    seconds: (performance.now() - began) / 1000,
    verdict: verdictOn(question, said.join('\n')),
  }
}

const podOf = (server: Running, big: string): Asking | undefined => {
  const where = { name: 'p-7', namespace: 'many', context: big }
  if (server.tools.has('pods_get')) return { tool: 'pods_get', args: where }
  if (server.tools.has('resources_get'))
    return { tool: 'resources_get', args: { apiVersion: 'v1', kind: 'Pod', ...where } }
  return undefined
}

async function allRows(server: Running, big: string): Promise<Measured['rows']> {
  if (!server.tools.has('pods_list')) return undefined
  // Ours takes how much may come at once; others give what they give.
  const sized = server.tools.has('clusters_exec_all') ? { limit: 5_000, maxBytes: 1_000_000 } : {}
  let [calls, characters] = [0, 0]
  const seen = new Set<string>()
  let next: object = {}
  const ms = await timed(async () => {
    for (; calls < MAX_PAGES; ) {
      const { text, structured } = await server.ask({ tool: 'pods_list', args: { context: big, ...sized, ...next } })
      calls += 1
      characters += text.length
      for (const [name] of text.matchAll(/\bp-\d+\b/g)) seen.add(name)
      const { continue: more } = Object(structured)
      if (typeof more !== 'string') return
      next = { continue: more }
    }
  })
  return { calls, ms, characters, pods: seen.size }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return performance.now() - began
}
async function repeat(times: number, act: () => Promise<unknown>): Promise<void> {
  for (let at = 0; at < times; at++) await act()
}
