import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Built } from './build.ts'

/** What an instance loads for its first invocation of one act of shared/app/compose.ts, beside what registration has loaded. */
export type Load = {
  readonly act: string
  readonly files: readonly string[]
  readonly bytes: number
  /** Foreign code by package, the largest first. */
  readonly packages: readonly string[]
}

/** Acts and what each imports are read from the source: an act that is added is seen at once. */
export function loads(root: string, { folder, metafile: { outputs } }: Pick<Built, 'folder' | 'metafile'>): Load[] {
  const chunkOf = new Map(Object.entries(outputs).map(([file, { entryPoint }]) => [entryPoint, file]))
  return [...acts(readFileSync(join(root, 'shared/app/compose.ts'), 'utf8'))].map(([act, sources]) => {
    const files = new Set(sources.flatMap((source) => chunkOf.get(source) ?? []))
    for (const file of files)
      for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement') files.add(path)
    const parts = [...files].flatMap((file) => outputs[file] ?? [])
    const sizes = new Map<string, number>()
    for (const { inputs } of parts)
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]
        if (name !== undefined && bytesInOutput > 0) sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput)
      }
    return {
      act,
      files: [...files].filter((file) => outputs[file] !== undefined).map((file) => relative(folder, join(root, file))),
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      packages: [...sizes].sort(([, a], [, b]) => b - a).map(([name]) => name),
    }
  })
}

function acts(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const all: string[] = []
  let current = all
  for (const line of text.split('\n')) {
    const act = /^ {4}(\w+): (?:async )?\(/.exec(line)?.[1]
    if (act !== undefined) {
      current = [...all]
      found.set(act, current)
    }
    for (const [, path] of line.matchAll(/import\('(\.\.?\/[^']+)'\)/g)) current.push(join('shared/app', path ?? ''))
  }
  return found
}
