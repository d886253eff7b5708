import { Command, Option } from 'commander'
import { errorText, GiveUp } from '../../shared/runtime/errors.ts'
import { numberOption } from './number-option.ts'
import { runServe, type ServeOptions } from './serve/run-serve.ts'
import { createScreen } from './start/screen.ts'

/** `nightcrier serve`: the whole product on one machine. Answers the exit code. */
export async function serveCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  let code = 0
  const act = async (flags: ServeOptions & { readonly verbose: boolean }): Promise<void> => {
    const screen = createScreen(flags)
    try {
      await runServe(flags, screen, signal)
    } catch (error) {
      if (signal.aborted) return
      screen.trouble(error instanceof GiveUp || !flags.verbose ? errorText(error) : String(error))
      code = 1
    }
  }
  await new Command('nightcrier serve')
    .description(
      'Watches clusters from this machine, with all that it knows in one folder: for a few clusters of a team. Settings are environment variables (docs/settings.md), such as SLACK_WEBHOOK_URL.',
    )
    .option('--data <folder>', 'where its state stays over restarts', 'nightcrier-data')
    .option('--kubeconfig <path...>', 'kubeconfigs, or folders of them; each context is a cluster', [])
    .option('--in-cluster', 'the cluster that this runs in, by its service account', false)
    .option('--cluster-name <name>', 'what that one is called', 'in-cluster')
    .addOption(new Option('--config <file>', 'a clusters.yaml instead').conflicts(['kubeconfig', 'inCluster']))
    .option('--port <number>', 'port of the HTTP functions', numberOption(1, 65_535), 7071)
    .option('--host <address>', 'listen here; 0.0.0.0 lets others reach it', '127.0.0.1')
    .option('--verbose', 'print all that the functions say', false)
    .action(act)
    .parseAsync(args, { from: 'user' })
  return code
}
