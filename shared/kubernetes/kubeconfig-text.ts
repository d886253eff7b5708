import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { GiveUp } from '../runtime/errors.ts'

/** Real ones are a few KiB; a merged one has some 6 KiB for each context with a client certificate. */
export const MAX_KUBECONFIG_BYTES = 16 * 1024 * 1024
export const FLATTEN = 'kubectl config view --minify --flatten --raw'

const name = z.union([z.string(), z.number()]).transform(String)
const entries = z.array(z.looseObject({ name })).nullish()
const File = z.looseObject({
  clusters: entries,
  users: entries,
  contexts: entries,
  'current-context': name.nullish(),
})
export type KubeconfigFile = z.infer<typeof File>

/** UTF-8 or, as PowerShell writes it, UTF-16 with its mark. */
export function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder().decode(bytes)
}

/** `part`: one of several files that count together, so that lists, or all of it, may be missing from it. */
export function parseKubeconfig(text: string | undefined, where: string, part = false): KubeconfigFile {
  const wrong = (what: string): GiveUp => new GiveUp(`${where}: ${what}`)
  if (text === undefined) throw wrong(`there is no kubeconfig. Store there what this prints: ${FLATTEN}.`)
  if (Buffer.byteLength(text) > MAX_KUBECONFIG_BYTES)
    throw wrong(`the kubeconfig is over 16 MiB. Keep only the contexts that are needed: ${FLATTEN}.`)
  const content = contentOf(text, wrong)
  // Nothing, or comments only: kubectl takes it for an empty one.
  if (content === null && /^(\s|#.*|---)*$/.test(text)) {
    if (part) return {}
    throw wrong(`the kubeconfig is empty. Store there what this prints: ${FLATTEN}.`)
  }
  if (typeof content === 'string' && /^[\w+/=\s]+$/.test(content) && fromBase64(content).includes('apiVersion'))
    throw wrong('the kubeconfig is encoded in Base64. Store it decoded.')
  const file = File.safeParse(content)
  if (!file.success || content === null)
    throw wrong(
      `this is not a kubeconfig: it needs lists of clusters, users and contexts. Store there what this prints: ${FLATTEN}.`,
    )
  for (const list of ['clusters', 'users', 'contexts'] as const) {
    const twice = (file.data[list] ?? []).map((entry) => entry.name).find((one, at, all) => all.indexOf(one) !== at)
    if (twice !== undefined)
      throw wrong(`"${twice}" stands twice in ${list}, so nobody can say which is meant. Rename or remove one.`)
  }
  if (part) return file.data
  for (const list of ['clusters', 'contexts'] as const)
    if ((file.data[list] ?? []).length === 0)
      throw wrong(`the kubeconfig has no ${list}. Store there what this prints: ${FLATTEN}.`)
  return file.data
}

function contentOf(text: string, wrong: (what: string) => GiveUp): unknown {
  // Far faster for megabytes, and what kubectl prints as JSON is no rarity.
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text)
    } catch {
      // YAML's flow style begins alike.
    }
  }
  const lines = new LineCounter()
  // prettyErrors would quote the broken line, and that line may be a token.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fault = document.errors[0]
  if (fault !== undefined) {
    const at = lines.linePos(fault.pos[0])
    throw wrong(
      `the kubeconfig is not YAML (line ${at.line}, column ${at.col}, ${fault.code}). Store there what this prints: ${FLATTEN}.`,
    )
  }
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    throw wrong('the kubeconfig uses YAML aliases that cannot be resolved. Write it without aliases.')
  }
}

export const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8')
