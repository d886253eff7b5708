import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

type Source = { readonly file: string; readonly text: string; readonly imports: readonly string[] }

/** Relative imports become paths from the root; packages stay as they are. */
function source(file: string, text: string): Source {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)
  return { file, text, imports: found.map((one) => (one.startsWith('.') ? normalize(join(dirname(file), one)) : one)) }
}
const sources = tracked.map((file) => source(file, readFileSync(join(root, file), 'utf8')))
const product = sources.filter(({ file }) => !file.startsWith('test/') && !/^[\w.]+\.ts$/.test(file))

const writers = ['connect-writer', 'install-reader', 'exec-socket'].map((file) => `shared/kubernetes/${file}.ts`)
const foundations = ['cluster', 'config', 'faults', 'incident', 'artifacts', 'runtime']
const stages = ['lease', 'subscription', 'triage', 'report', 'notify']
const room = (path: string): string | undefined => /^shared\/([\w-]+)\//.exec(path)?.[1]

const leases = (one: Source) =>
  one.imports.filter((path) => stages.includes(room(path) ?? '') && room(path) !== room(one.file))
/** The supervisor holds leases while it subscribes: the one pair of rooms that belong to the same stage. */
const pair = (from: string | undefined, to: string | undefined) => from === 'subscription' && to === 'lease'

const rules: Record<string, (one: Source) => readonly string[]> = {
  'a stage imports no other stage': (one) =>
    stages.includes(room(one.file) ?? '') ? leases(one).filter((path) => !pair(room(one.file), room(path))) : [],
  'a foundation imports only foundations': (one) =>
    foundations.includes(room(one.file) ?? '')
      ? one.imports.filter((path) => path.startsWith('shared/') && !foundations.includes(room(path) ?? ''))
      : [],
  'a stage imports only foundations and itself, its services are handed in': (one) =>
    stages.includes(room(one.file) ?? '')
      ? one.imports.filter(
          (path) =>
            path.startsWith('shared/') &&
            ![...foundations, room(one.file)].includes(room(path)) &&
            !pair(room(one.file), room(path)) &&
            !isTypeOnly(one, path),
        )
      : [],
  'only shared/kubernetes knows the Kubernetes client': (one) =>
    room(one.file) === 'kubernetes' ? [] : one.imports.filter((path) => path.startsWith('@kubernetes/client-node')),
  'only shared/azure knows the Azure SDKs, and functions/ the Functions library': (one) =>
    // The local host plays Azure's own part: it receives from queues, which the product never does.
    room(one.file) === 'azure' || one.file.startsWith('infra/local/host/queue-')
      ? []
      : one.imports.filter(
          (path) => path.startsWith('@azure/') && !(path === '@azure/functions' && one.file.startsWith('functions/')),
        ),
  'only three rooms know the MCP SDK': (one) =>
    ['subscription', 'mcp-server'].includes(room(one.file) ?? '') || one.file.startsWith('agent-container/')
      ? []
      : one.imports.filter((path) => path.startsWith('@modelcontextprotocol/')),
  'only the MCP server that is told so, and onboarding, change a cluster': (one) =>
    ['shared/mcp-server/main.ts', 'shared/onboarding/onboard.ts'].includes(one.file) || room(one.file) === 'kubernetes'
      ? []
      : one.imports.filter((path) => writers.includes(path) && !isTypeOnly(one, path)),
  'the product imports neither tests nor the local platform': (one) =>
    one.file.startsWith('infra/') || one.file.startsWith('shared/app')
      ? []
      : one.imports.filter((path) => path.startsWith('test/') || path.startsWith('infra/')),
  'settings are read in one room': (one) =>
    room(one.file) === 'config' || one.file.startsWith('infra/')
      ? []
      : found(one, /process\.env/g).filter(() => !entries.includes(one.file)),
  'time and chance come from shared/runtime': (one) =>
    room(one.file) === 'runtime' || one.file.startsWith('infra/')
      ? []
      : found(one, /Date\.now\(\)|new Date\(\)|Math\.random|randomUUID/g),
  'no barrels, no drawers': (one) =>
    /(^|\/)(index|utils|helpers|common|types|constants)\.ts$/.test(one.file) ? [one.file] : [],
  'no file is longer than 400 lines': (one) => {
    const lines = one.text.split('\n').length
    return lines > 400 ? [`${lines} lines`] : []
  },
}
/** Programs that start by themselves and read what they were started with. */
const entries = [
  'agent-container/broker/main.ts',
  'agent-container/agent/main.ts',
  'shared/cli/main.ts',
  'shared/mcp-server/main.ts',
]

function found(one: Source, pattern: RegExp): readonly string[] {
  return one.text
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
    .flatMap((line) => [...line.matchAll(pattern)].map((match) => match[0]))
}
function isTypeOnly(one: Source, path: string): boolean {
  const name = path.split('/').at(-1)!
  return new RegExp(`import type [^'\n]*'[^']*${name.replace('.', '\\.')}'`).test(one.text)
}

/** Files that come back to themselves by their imports, those of types included: one long piece in several files. */
function circles(all: readonly Source[]): readonly string[] {
  const importsOf = new Map(all.map(({ file, imports }) => [file, imports]))
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): readonly string[] => {
    if (way.includes(file)) return [[...way.slice(way.indexOf(file)), file].join(' -> ')]
    if (done.has(file)) return []
    const circle = (importsOf.get(file) ?? []).flatMap((next) => visit(next, [...way, file]))
    done.add(file)
    return circle
  }
  return all.flatMap(({ file }) => visit(file, []))
}

describe('the drawing of the house', () => {
  test.each(Object.entries(rules))('%s', (_name, rule) => {
    const broken = product.flatMap((one) => rule(one).map((what) => `${one.file}: ${what}`))
    expect(broken).toEqual([])
  })

  test('each rule fails on a planted breach', () => {
    const planted: Record<keyof typeof rules, Source> = {
      'a stage imports no other stage': source('shared/triage/x.ts', "import { a } from '../report/y.ts'"),
      'a foundation imports only foundations': source('shared/faults/x.ts', "import { a } from '../triage/y.ts'"),
      'a stage imports only foundations and itself, its services are handed in': source(
        'shared/report/x.ts',
        "import { a } from '../azure/y.ts'",
      ),
      'only shared/kubernetes knows the Kubernetes client': source(
        'shared/triage/x.ts',
        "import { a } from '@kubernetes/client-node'",
      ),
      'only shared/azure knows the Azure SDKs, and functions/ the Functions library': source(
        'shared/app/compose.ts',
        "import { a } from '@azure/functions'",
      ),
      'only three rooms know the MCP SDK': source(
        'shared/triage/x.ts',
        "await import('@modelcontextprotocol/sdk/client/index.js')",
      ),
      'only the MCP server that is told so, and onboarding, change a cluster': source(
        'shared/app/http/mcp.ts',
        "import { connectWriter } from '../../kubernetes/connect-writer.ts'",
      ),
      'the product imports neither tests nor the local platform': source(
        'shared/report/x.ts',
        "import { a } from '../../test/fakes/y.ts'",
      ),
      'settings are read in one room': source('shared/report/x.ts', 'const a = process.env.A'),
      'time and chance come from shared/runtime': source('shared/report/x.ts', 'const a = Date.now()'),
      'no barrels, no drawers': source('shared/report/utils.ts', ''),
      'no file is longer than 400 lines': source('shared/report/x.ts', '\n'.repeat(401)),
    }
    for (const [name, rule] of Object.entries(rules)) expect(rule(planted[name]!), name).not.toEqual([])
  })

  test('no files import one another in a circle, and a planted circle is found', () => {
    expect(circles(product)).toEqual([])
    const planted = [
      source('shared/report/a.ts', "import type { B } from './b.ts'"),
      source('shared/report/b.ts', "import { c } from './c.ts'"),
      source('shared/report/c.ts', "import { a } from './a.ts'"),
    ]
    expect(circles(planted)).toEqual([
      'shared/report/a.ts -> shared/report/b.ts -> shared/report/c.ts -> shared/report/a.ts',
    ])
  })

  test('functions/ holds one registration file per trigger and nothing else', () => {
    for (const one of sources.filter(({ file }) => file.startsWith('functions/'))) {
      expect(one.text, one.file).toMatch(/host\.(timer|storageQueue|http)\(/)
      expect(one.text.split('\n').length, `${one.file} says when, what, whom`).toBeLessThan(45)
    }
  })
})
