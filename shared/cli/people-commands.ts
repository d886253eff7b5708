import type { Command } from 'commander'
import type { Client } from './client.ts'
import type { FeedbackOptions } from './feedback.ts'
import type { LoginDeps } from './login.ts'
import type { Output } from './terminal.ts'

type Deps = { readonly client: Client; readonly out: Output; readonly json: boolean }
type Platform = {
  readonly out: Output
  readonly bare: Output
  readonly json: boolean
  readonly key: string | undefined
  readonly place: LoginDeps['place']
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly piped: () => Promise<string>
}

/** The commands about a report, and about the command line itself. */
export function peopleCommands(command: Command, deps: () => Deps, platform: () => Platform): void {
  command
    .command('report')
    .description('the report of an incident: cause, steps, timeline')
    .argument('<id>', 'its id, or last')
    .option('--markdown', 'for a ticket or a post-mortem')
    .action(async (id: string, { markdown = false }: { readonly markdown?: boolean }) => {
      const { report } = await import('./report.ts')
      await report(deps(), id, markdown)
    })
  command
    .command('open')
    .description('the page of an incident in a browser; prints its address where there is none')
    .argument('<id>', 'its id, or last')
    .action(async (id: string) => {
      const [{ openPage }, { browser }] = await Promise.all([import('./report.ts'), import('./browser.ts')])
      await openPage(deps(), id, browser)
    })
  command
    .command('feedback')
    .description('whether a report was right')
    .argument('<id>', 'its id, or last')
    .argument('<answer>', 'right, partly or wrong')
    .option('--cause <text>', 'the real cause, in words or as Kind/namespace/name Class')
    .option('--comment <text>')
    .option('--by <name>', 'who you are')
    .action(async (id: string, answer: string, options: FeedbackOptions) => {
      const { feedback } = await import('./feedback.ts')
      await feedback(deps(), id, answer, options)
    })
  command
    .command('login')
    .description('keeps --url and its key, which is piped in, for the next commands')
    .action(async () => {
      const { login } = await import('./login.ts')
      await login(platform())
    })
  command
    .command('logout')
    .description('forgets what login kept')
    .action(async () => {
      const { logout } = await import('./login.ts')
      await logout(platform())
    })
  command
    .command('completion')
    .description('a script that completes commands: source <(nightcrier completion bash)')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) => {
      const { completion } = await import('./completion.ts')
      // For a shell, whatever the form of other answers.
      platform().bare.line(completion(command, shell))
    })
}
