import { Command, InvalidArgumentError, Option } from 'commander'
import { ClusterApiError } from '../kubernetes/cluster-api.ts'
import { onboardCommand } from '../onboarding/command.ts'
import type { Clock } from '../runtime/clock.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import { version } from '../runtime/version.ts'
import type { Question } from './ask.ts'
import { type Client, client } from './client.ts'
import { peopleCommands } from './people-commands.ts'
import { placeOf } from './place.ts'
import { quietCommands } from './quiet-commands.ts'
import { inYaml, type Output, output, plain, type Stream } from './terminal.ts'

export type ProgramDeps = {
  readonly out: Stream
  readonly error: Stream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Aborts when the user wants it to end. */
  readonly signal: AbortSignal
  /** The program that runs scenarios, where there is one. */
  readonly scenarioRunner: string
  /** Runs the whole product here, with the arguments of `serve`; answers the exit code. */
  readonly serve: (args: readonly string[], signal: AbortSignal) => Promise<number>
  /** In which the command was given. */
  readonly folder: string
  /** What was piped in; '' when somebody sits before it. */
  readonly piped: () => Promise<string>
}
type Global = {
  readonly url?: string
  readonly key?: string
  readonly json?: boolean
  readonly output: 'text' | 'wide' | 'json' | 'yaml'
  readonly color: boolean
}

/** Runs one command line; answers the exit code: 0 well, 1 not well, 2 not understood. */
export async function program(deps: ProgramDeps, args: readonly string[]): Promise<number> {
  let code = 0
  const command = new Command('nightcrier')
    .description('What nightcrier sees and found, on the command line.')
    .option('--url <address>', 'the function app; else NIGHTCRIER_URL, a running npm start, or what login kept')
    .option('--key <key>', 'its function key; better NIGHTCRIER_KEY or login, which no process list shows')
    .addOption(
      new Option('-o, --output <form>', 'how the answer is written')
        .choices(['text', 'wide', 'json', 'yaml'])
        .default('text'),
    )
    .option('--json', 'short for -o json: one JSON object (tail: one a line), errors too')
    .option('--no-color', 'no colours on a terminal')
    .version(version, '-V, --version', 'its version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => deps.out.write(text),
      writeErr: (text) => deps.error.write(text),
      // Before the options are understood it must be known how to say that they are not.
      outputError: (text, write) =>
        write(asksForJson(args) ? `${JSON.stringify({ error: text.replace(/^error: /, '').trim() })}\n` : text),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well, 1 it is not, 2 the command was not understood, 130 it was stopped.',
    )

  // Loaded only for whoever asks for it.
  let yaml: Parameters<typeof inYaml>[1] | undefined
  command.hook('preAction', async () => {
    if (command.opts<Global>().output === 'yaml') yaml = (await import('yaml')).stringify
  })
  const platform = () => {
    const { url, key, color, output: form } = command.opts<Global>()
    const json = isJson()
    const { environment, folder, piped } = deps
    const bare = output({ ...deps, color: color && (environment.NO_COLOR ?? '') === '' })
    const formed = (out: Output): Output => (yaml === undefined ? out : inYaml(out, yaml))
    // Looked for by those commands alone that ask an app.
    const place = (more: { readonly key?: string | undefined; readonly lenient?: boolean } = {}) =>
      placeOf({ url, key, environment, folder, ...more })
    const open = (): Client => client(place())
    const out = formed(bare)
    return { out, bare, formed, json, wide: form === 'wide', key, place, open, now: deps.clock.now, environment, piped }
  }
  const isJson = () => {
    const { json = false, output: form } = command.opts<Global>()
    return json || form === 'json' || form === 'yaml'
  }
  /** Once, or with --watch until it is stopped. */
  const perhapsWatching = async (again: boolean | undefined, show: (out: Output) => Promise<unknown>) => {
    const { out, bare, formed } = platform()
    if (again !== true) return show(out)
    const { watch } = await import('./watch.ts')
    await watch({ out: bare, clock: deps.clock, signal: deps.signal }, (kept) => show(formed(kept)))
    code = 130
  }

  command
    .command('incidents')
    .description('incidents, newest first')
    .option('--status <state>', 'open, queued, running, reported, evidence-only, failed, skipped or resolved')
    .option('--cluster <name>')
    .option('--namespace <name>')
    .option('--severity <word>', 'info, warning or critical')
    .option('--since <time>', '90m, 2h, 3d, or a time')
    .option('--limit <number>', 'at most so many', limit, 20)
    .option('-w, --watch', 'again and again, until it is stopped')
    .action(async ({ watch: again, ...filters }) => {
      const { open, ...rest } = platform()
      const { incidents } = await import('./incidents.ts')
      await perhapsWatching(again, (out) => incidents({ ...rest, out, client: open() }, filters))
    })
  command
    .command('show')
    .description('one incident with all its steps')
    .argument('<id>', 'its id, or last')
    .action(async (id: string) => {
      const { open, ...rest } = platform()
      const { show } = await import('./incidents.ts')
      await show({ ...rest, client: open() }, id)
    })
  command
    .command('tail')
    .description('every step of every incident as it happens')
    .action(async () => {
      const { open, out, json } = platform()
      const { tail } = await import('./tail.ts')
      await tail({ client: open(), out, json, clock: deps.clock, signal: deps.signal })
    })
  command
    .command('clusters')
    .description('how the watch of each cluster is doing; exit code 1 when one is not well')
    .option('-w, --watch', 'again and again, until it is stopped')
    .action(async ({ watch: again }: { readonly watch?: boolean }) => {
      const { open, ...rest } = platform()
      const { clusters } = await import('./clusters.ts')
      await perhapsWatching(again, async (out) => {
        code = (await clusters({ ...rest, out, client: open() })) ? 0 : 1
      })
    })
  command
    .command('ask')
    .description(
      'investigates any object, also one that nothing seems wrong with; with --wait, exit code 1 without report',
    )
    .argument('<cluster>')
    .argument('<object>', 'KIND/NAME, such as deployment/checkout')
    .option('-n, --namespace <name>')
    .option('--api-version <version>', 'of a kind that is not Kubernetes’ own, such as example.com/v1')
    .option('--note <text>', 'why you ask: the incident keeps it')
    .option('--again', 'once more, where the agent failed or its answer was wrong')
    .option('--wait', 'tells each step, and the report when it is there')
    .action(async (cluster: string, object: string, options: Omit<Question, 'cluster' | 'object'>) => {
      const { open, out, json } = platform()
      const { ask } = await import('./ask.ts')
      const asked = { cluster, object, ...options }
      if (!(await ask({ client: open(), out, json, clock: deps.clock, signal: deps.signal }, asked))) code = 1
    })
  quietCommands(command, () => {
    const { open, ...rest } = platform()
    return { ...rest, client: open() }
  })
  command
    .command('check-config')
    .description('whether a clusters.yaml is right; needs no app')
    .argument('<file>')
    .action(async (file: string) => {
      const { checkConfig } = await import('./check-config.ts')
      if (!(await checkConfig(platform(), file))) code = 1
    })
  command
    .command('doctor')
    .description(
      'whether the app has all that it needs: each thing tried, and what to do; exit code 1 when one is not well',
    )
    .option('--wait <seconds>', 'asks again until all is well, so long at most', seconds, 0)
    .option(
      '--agent',
      'also starts an agent on a fault that is made up, and waits for what it leaves: up to ten minutes',
    )
    .action(async ({ wait, agent = false }: { readonly wait: number; readonly agent?: boolean }) => {
      const { out, json, place } = platform()
      const { doctor } = await import('./doctor.ts')
      if (!(await doctor({ out, json, ...place(), clock: deps.clock }, { waitSeconds: wait, agent }))) code = 1
    })
  command
    .command('replay')
    .description('fetches an incident as a scenario and investigates it again here')
    .argument('<id>', 'its id, or last')
    .option('--out <folder>', 'where the scenario is kept; a temporary folder otherwise')
    .action(async (id: string, { out: folder }: { readonly out?: string }) => {
      const { open, out, json } = platform()
      const { replay } = await import('./replay.ts')
      code = await replay({ client: open(), out, json, runner: deps.scenarioRunner }, id, folder)
    })

  command
    .command('serve')
    .description('runs all of nightcrier on this machine, for a few clusters; serve --help says how')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[args...]')
    .action(async (serveArgs: readonly string[]) => {
      code = await deps.serve(serveArgs, deps.signal)
    })
  peopleCommands(
    command,
    () => {
      const { open, out, json } = platform()
      return { client: open(), out, json }
    },
    platform,
  )

  const onboarding = onboardCommand((line) => deps.out.write(`${line}\n`))
  command.addCommand(onboarding.copyInheritedSettings(command))

  try {
    await command.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Commander has said it already; asking for help is not a failure.
    if (isCommander(error)) return error.exitCode === 0 ? 0 : 2
    if (deps.signal.aborted) return 130
    // Their own sentence says all; its causes are for whoever catches it.
    const known = error instanceof GiveUp || error instanceof ClusterApiError
    const text = known ? error.message : `This is a fault in nightcrier itself: ${errorText(error)}`
    deps.error.write(isJson() ? `${JSON.stringify({ error: plain(text) })}\n` : `${plain(text)}\n`)
    return 1
  }
}

const asksForJson = (args: readonly string[]): boolean =>
  args.some(
    (one, at) =>
      one === '--json' ||
      /^(-o|--output=)(json|yaml)$/.test(one) ||
      (/^(-o|--output)$/.test(one) && /^(json|yaml)$/.test(args[at + 1] ?? '')),
  )

const isCommander = (error: unknown): error is Error & { readonly exitCode: number } =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('commander.') && 'exitCode' in error

function seconds(text: string): number {
  const value = Number(text)
  // Longer than any role takes to arrive.
  if (!Number.isInteger(value) || value < 0 || value > 3_600) throw new InvalidArgumentError('It must be 0 to 3600.')
  return value
}

function limit(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 200) throw new InvalidArgumentError('It must be 1 to 200.')
  return value
}
