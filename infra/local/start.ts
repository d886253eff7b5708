import process from 'node:process'
import { Command, Option } from 'commander'
import { errorText, GiveUp } from '../../shared/runtime/errors.ts'
import { numberOption } from './number-option.ts'
import { run } from './start/run.ts'
import { createScreen } from './start/screen.ts'
import { endWithParent } from './start/with-parent.ts'

type Flags = {
  readonly once: boolean
  readonly page: string
  readonly config?: string
  readonly kubeconfig?: string
  readonly instances: number
  readonly port: number
  readonly verbose: boolean
}

async function start(flags: Flags, command: Command): Promise<void> {
  const screen = createScreen(flags)
  const stop = new AbortController()
  let first = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      // npm passes on a Ctrl-C that the terminal has sent us already: only a later one means impatience.
      if (stop.signal.aborted && Date.now() - first > 1_000) process.exit(130)
      if (stop.signal.aborted) return
      first = Date.now()
      stop.abort()
      process.stderr.write('\nStopping.\n')
    })
  stop.signal.addEventListener('abort', endWithParent())
  // Whoever reads us through a pipe may stop reading: then all ends in order, too.
  process.stdout.on('error', () => stop.abort())
  try {
    const portNamed = command.getOptionValueSource('port') !== 'default'
    await run({ ...flags, portNamed }, screen, stop.signal)
  } catch (error) {
    if (stop.signal.aborted) return
    screen.trouble(error instanceof GiveUp || !flags.verbose ? errorText(error) : String(error))
    process.exitCode = 1
  }
}

await new Command('npm start --')
  .description(
    'Runs all of Nightcrier on this machine; with no option on a simulated cluster in which something breaks.',
  )
  .option('--once', 'end after the first report; its address and cause are the last two lines', false)
  .option('--page <file>', 'with --once: where the page of the report stays', 'build/report.html')
  .addOption(new Option('--config <file>', 'watch the clusters of this clusters.yaml').conflicts('kubeconfig'))
  .option('--kubeconfig <file>', 'watch every context of this kubeconfig, through an MCP server of our own')
  .option('--instances <number>', 'processes per supervisor and per queue function', numberOption(1, 20), 1)
  .option('--port <number>', 'port of the HTTP functions; 0: any free one', numberOption(0, 65_535), 7_071)
  .option('--verbose', 'print all that the functions say', false)
  .action(start)
  .parseAsync()
