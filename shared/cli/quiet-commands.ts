import type { Command } from 'commander'
import type { Client } from './client.ts'
import type { MuteOptions } from './mutes.ts'
import type { Output } from './terminal.ts'

type Deps = { readonly client: Client; readonly out: Output; readonly json: boolean; readonly now: () => Date }

/** The commands that say who is to hear of what. */
export function quietCommands(command: Command, deps: () => Deps): void {
  command
    .command('mute')
    .description('nobody is told for a while of the object of an incident, or of what the options say')
    .argument('[id]', 'an incident, or last')
    .option('--for <time>', 'how long: 30m, 2h, 7d', '1h')
    .option('--reason <text>', 'why; people read it')
    .option('--by <name>', 'who you are')
    .option('--cluster <pattern>', 'a name, or a pattern such as prod-*')
    .option('--namespace <pattern>')
    .option('--kind <kind>', 'of the object: Deployment, Node')
    .option('--name <pattern>', 'of the object')
    .option('--label <key=value>', 'of the cluster')
    .option('--class <word>', 'crash, image, node, … or a fault such as CrashLoop')
    .action(async (id: string | undefined, options: MuteOptions) => {
      const { mute } = await import('./mutes.ts')
      await mute(deps(), id, options)
    })
  command
    .command('mutes')
    .description('what is muted now, until when and why')
    .action(async () => {
      const { mutes } = await import('./mutes.ts')
      await mutes(deps())
    })
  command
    .command('unmute')
    .description('takes a mute back')
    .argument('<mute>', 'its id, as mutes shows it')
    .action(async (id: string) => {
      const { unmute } = await import('./mutes.ts')
      await unmute(deps(), id)
    })
  command
    .command('ack')
    .description('says that you are at it: it is not told again until it gets worse')
    .argument('<id>', 'an incident, or last')
    .option('--by <name>', 'who you are')
    .option('--note <text>')
    .action(async (id: string, options: { readonly by?: string; readonly note?: string }) => {
      const { acknowledge } = await import('./mutes.ts')
      await acknowledge(deps(), id, options)
    })
}
