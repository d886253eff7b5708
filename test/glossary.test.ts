import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identifiersOf } from './run/identifiers.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const tracked = (...patterns: string[]) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], { cwd: root })
    .toString()
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(root, file)))

const retiredWords = (text: string) => text.slice(text.indexOf('\nRetired words'))
/** Rows of the glossary's table: words that left, and the field's word that is said instead. */
function glossaryOf(text: string): ReadonlyMap<string, string> {
  const rows = text.split('\n').flatMap((line) => {
    const [, retired, word] = /^\| ([a-z, ]+) \| ([a-z, -]+) \|/.exec(line) ?? []
    return retired === undefined || word === undefined || retired === 'not' ? [] : [[retired, word] as const]
  })
  return new Map(rows.flatMap(([retired, word]) => retired.split(', ').map((one) => [one, word] as const)))
}
const glossary = glossaryOf(retiredWords(read('CONTRIBUTING.md')))

/** Names that stand in rows, blobs and answers of the API: they change only with a version of the format. */
const stored = new Set(['heard', 'untold', 'mustNotBlame', 'hears', 'lookedAt', 'faultsHeard', 'heardBy', 'tellApart'])

const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
const retiredIn = (name: string) => wordsOf(name).filter((word) => glossary.has(word))
const breaches = (file: string, source: string): readonly string[] => {
  const bad = [...identifiersOf(source)].filter((name) => !stored.has(name) && retiredIn(name).length > 0)
  return [...bad, ...retiredIn(basename(file).replace(/\..*$/, ''))].map((name) => `${file}: ${name}`)
}

describe('words that the field does not use', () => {
  test('are in the glossary, each with the word to say instead', () => {
    expect(glossary.get('told')).toBe('notified, reported')
    expect(glossary.size).toBeGreaterThan(12)
  })
  test('name nothing in the product, not even a file', () => {
    const files = tracked('functions/*.ts', 'shared/*.ts', 'agent-container/*.ts', 'infra/*.ts')
    expect(files.length).toBeGreaterThan(400)
    expect(files.flatMap((file) => breaches(file, read(file)))).toEqual([])
  })
  test('are found where they are planted, and only as names', () => {
    expect(breaches('shared/x/keep.ts', 'const toldPlaces = 1 // told')).toEqual(['shared/x/keep.ts: toldPlaces'])
    expect(breaches('shared/x/told.ts', 'type A = { b: 1 }')).toEqual(['shared/x/told.ts: told'])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template as it stands in a source.
    expect(breaches('shared/x/y.ts', "const a = 'told' + `told ${untoldTale} told`")).toEqual([
      'shared/x/y.ts: untoldTale',
    ])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template within a template.
    expect(breaches('shared/x/y.ts', '`told ${a(`told ${{ told: 1 }.b} told`)} told`')).toEqual(['shared/x/y.ts: told'])
    expect(breaches('shared/x/y.ts', '/** told */ const a = /told|heard/')).toEqual([])
  })
})
