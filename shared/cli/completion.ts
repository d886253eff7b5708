import type { Command } from 'commander'
import { GiveUp } from '../runtime/errors.ts'

/** A script that completes commands and their options, made of the commands themselves. */
export function completion(command: Command, shell: string): string {
  const commands = command.commands.map((one) => ({
    name: one.name(),
    about: one.description().replaceAll(/['’"\\:`$]/g, ' '),
    options: one.options.flatMap(({ long }) => long ?? []),
  }))
  const global = command.options.flatMap(({ long }) => long ?? [])
  switch (shell) {
    case 'bash':
      return forBash(commands, global)
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${forBash(commands, global)}`
    case 'fish':
      return forFish(commands, global)
    default:
      throw new GiveUp(`${shell.slice(0, 40)} is no shell that is known: say bash, zsh or fish.`)
  }
}

type Named = { readonly name: string; readonly about: string; readonly options: readonly string[] }

function forBash(commands: readonly Named[], global: readonly string[]): string {
  const names = commands.map(({ name }) => name)
  return [
    '_nightcrier() {',
    '  local word command="" words',
    // What follows an option may be its value: only a known name is the command.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own.
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case " ${names.join(' ')} " in *" $word "*) [ -z "$command" ] && command="$word" ;; esac`,
    '  done',
    '  case "$command" in',
    ...commands.map(({ name, options }) => `    ${name}) words="${[...options, ...global].join(' ')}" ;;`),
    `    *) words="${[...names, ...global].join(' ')}" ;;`,
    '  esac',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own.
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -F _nightcrier nightcrier',
  ].join('\n')
}

const forFish = (commands: readonly Named[], global: readonly string[]): string =>
  [
    'complete -c nightcrier -f',
    ...commands.map(({ name, about }) => `complete -c nightcrier -n __fish_use_subcommand -a ${name} -d '${about}'`),
    ...commands.flatMap(({ name, options }) =>
      options.map((one) => `complete -c nightcrier -n '__fish_seen_subcommand_from ${name}' -l ${one.slice(2)}`),
    ),
    ...global.map((one) => `complete -c nightcrier -l ${one.slice(2)}`),
  ].join('\n')
