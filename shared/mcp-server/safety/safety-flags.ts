import { type Command, InvalidArgumentError } from 'commander'
import { parse } from 'yaml'
import { z } from 'zod'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import type { IdentityProvider } from '../server/identity-tokens.ts'
import type { ToolChoice } from '../server/select-tools.ts'
import { type GuardRail, railVerbs } from './guard-rails.ts'

/** What a server may show and change, and to whom, as it is said on the command line. */
export type SafetyFlags = {
  /** Only when it is `false` may anything be changed. */
  readonly readOnly?: boolean
  readonly disableDestructive?: boolean
  readonly toolsets?: readonly string[]
  readonly allowTools?: readonly string[]
  readonly denyTools?: readonly string[]
  readonly listAllTools?: boolean
  readonly guardRails?: string
  readonly oidcIssuer?: string
  readonly oidcAudience?: string
  readonly oidcScope?: string
  readonly cursorKeyFile?: string
}

function trueOrFalse(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('It must be true or false.')
  return text === 'true'
}

export const withSafetyFlags = (command: Command): Command =>
  command
    .option('--read-only [true|false]', 'only read; false: also the tools that change clusters', trueOrFalse, true)
    .option('--disable-destructive', 'with --read-only=false: none of the tools that destroy', false)
    .option('--toolsets <names...>', 'only these sets of tools: clusters, core, config, metrics, nodes, diagnose, …')
    .option('--allow-tools <names...>', 'only these tools; an unknown name stops the start')
    .option('--deny-tools <names...>', 'not these tools; an unknown name stops the start')
    .option('--list-all-tools', 'list also the tool and argument names that only repeat what others say', false)
    .option('--guard-rails <file>', 'YAML list of what may be seen of which clusters: namespaces, kinds, verbs')
    .option('--oidc-issuer <url>', 'callers may send tokens of this identity provider (needs --oidc-audience)')
    .option('--oidc-audience <name>', 'this server as the identity provider knows it')
    .option('--oidc-scope <name>', 'a scope or role that its tokens must have')
    .option('--cursor-key-file <file>', 'signs the cursors of lists; the same for servers that answer for each other')

const name = z.string().min(1).max(253)
const names = z.array(name).max(1_000).optional()
const Rails = z
  .array(
    z.strictObject({
      clusters: names,
      labels: z.record(name, z.string().max(253)).optional(),
      namespaces: names,
      denyNamespaces: names,
      kinds: names,
      denyKinds: names,
      verbs: z.array(z.enum(railVerbs)).optional(),
    }),
  )
  .max(500)
/** Short keys can be guessed. */
const LEAST_KEY = 16

/** GiveUp when what is meant to protect is not whole: then nothing starts. */
export function safetyOf(flags: SafetyFlags, read: (path: string, what: string) => string) {
  const { toolsets, allowTools, denyTools, guardRails, cursorKeyFile } = flags
  const identity = identityOf(flags)
  const choice: ToolChoice = {
    ...(flags.readOnly === false ? { readWrite: true } : {}),
    ...(flags.disableDestructive === true ? { disableDestructive: true } : {}),
    ...(flags.listAllTools === true ? { listAll: true } : {}),
    ...(toolsets === undefined ? {} : { toolsets: listed(toolsets) }),
    ...(allowTools === undefined ? {} : { allowTools: listed(allowTools) }),
    ...(denyTools === undefined ? {} : { denyTools: listed(denyTools) }),
  }
  return {
    choice,
    rails: guardRails === undefined ? [] : railsOf(read(guardRails, 'guard rails'), guardRails),
    ...(identity === undefined ? {} : { identity }),
    ...(cursorKeyFile === undefined ? {} : { cursorKey: keyOf(read(cursorKeyFile, 'cursor key'), cursorKeyFile) }),
  }
}

/** `a b` and `a,b` alike. */
const listed = (given: readonly string[]) => given.flatMap((one) => one.split(',')).filter((one) => one !== '')

function identityOf({ oidcIssuer, oidcAudience, oidcScope }: SafetyFlags): IdentityProvider | undefined {
  if (oidcIssuer === undefined && oidcAudience === undefined && oidcScope === undefined) return undefined
  if (oidcIssuer === undefined || oidcAudience === undefined)
    throw new GiveUp('Tokens of an identity provider need both --oidc-issuer and --oidc-audience.')
  return { issuer: oidcIssuer, audience: oidcAudience, ...(oidcScope === undefined ? {} : { scope: oidcScope }) }
}

function keyOf(text: string, path: string): string {
  if (text.trim().length < LEAST_KEY) throw new GiveUp(`${path}: a cursor key needs at least ${LEAST_KEY} characters.`)
  return text.trim()
}

function railsOf(text: string, path: string): readonly GuardRail[] {
  let given: unknown
  try {
    given = parse(text)
  } catch (error) {
    throw new GiveUp(`${path} is not YAML: ${errorText(error)}`)
  }
  const rails = Rails.safeParse(given)
  if (!rails.success) throw new GiveUp(`${path} holds no guard rails: ${z.prettifyError(rails.error)}`)
  return rails.data.map((rail) => withoutAbsent(rail))
}

function withoutAbsent(rail: z.infer<typeof Rails>[number]): GuardRail {
  const { clusters, labels, namespaces, denyNamespaces, kinds, denyKinds, verbs } = rail
  return {
    ...(clusters === undefined ? {} : { clusters }),
    ...(labels === undefined ? {} : { labels }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(denyNamespaces === undefined ? {} : { denyNamespaces }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(denyKinds === undefined ? {} : { denyKinds }),
    ...(verbs === undefined ? {} : { verbs }),
  }
}
