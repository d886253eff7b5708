import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../../shared/config/settings.ts'

const root = join(import.meta.dirname, '../../..')
const files = globSync(['shared/**/*.ts', 'functions/**/*.ts', 'agent-container/**/*.ts', 'infra/local/**/*.ts'], {
  cwd: root,
})

test('every setting is read somewhere: one that does nothing is a promise that is not kept', () => {
  const texts = files
    .filter((file) => file !== join('shared', 'config', 'settings.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    // A type that picks it reads nothing, and neither does a sentence.
    .map((text) => text.replace(/^\s*(\||\/\/|\*|\/\*).*$/gm, ''))
  const names = Object.keys(readSettings({}))
  const unread = names.filter((name) => !texts.some((text) => new RegExp(`\\b${name}\\b`).test(text)))
  expect(names.length).toBeGreaterThan(40)
  expect(unread).toEqual([])
})
