import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { changesOf } from '../../infra/release/changes.ts'
import { withImages } from '../../infra/release/manifests.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const digest = `sha256:${'a'.repeat(64)}`

/** Actions that somebody else could change under us: all that are not named by a whole commit. */
const movable = (workflow: string): readonly string[] =>
  [...workflow.matchAll(/uses: (\S+)(.*)$/gm)].flatMap(([, used = '', rest = '']) =>
    used.startsWith('./') || (/@[0-9a-f]{40}$/.test(used) && /# v\d+\.\d+\.\d+/.test(rest)) ? [] : [used],
  )

test('every action is named by its commit, with its version beside it', () => {
  for (const file of globSync('.github/workflows/*.yml', { cwd: root })) expect(movable(read(file)), file).toEqual([])
  expect(movable('- uses: actions/checkout@v5\n- uses: a/b@main # v1.0.0')).toEqual(['actions/checkout@v5', 'a/b@main'])
})

test('a release is proven before anything is published, and only that job may write', () => {
  const { permissions, jobs } = parse(read('.github/workflows/release.yml'))
  expect(permissions).toEqual({ contents: 'read' })
  expect([jobs.image.needs, jobs.publish.needs]).toEqual(['proven', 'image'])
  expect(jobs.proven.permissions).toBeUndefined()
  const steps = JSON.stringify(jobs.proven.steps)
  for (const command of ['.ci/run', 'npm run packed -- --node current 20 22', 'npm run release -- check'])
    expect(steps).toContain(command)
})

test('every target that the workflow builds is one of the Dockerfile', () => {
  const targets = [...read('agent-container/Dockerfile').matchAll(/ AS ([\w-]+)$/gm)].map(([, name]) => name!)
  const [, listed = ''] = /for target in ([\w -]+);/.exec(read('.github/workflows/release.yml')) ?? []
  expect(listed.split(' ')).toEqual(['agent', 'mcp-server', 'standalone'])
  for (const target of listed.split(' ')) expect(targets).toContain(target)
})

describe('what a release page holds', () => {
  test('the changes of its version, and nothing of others', () => {
    const log = '# Changelog\n\n## Unreleased\n\n- later\n\n## 1.2.0 (2026-12-01)\n\n- this\n\n## 1.1.0\n\n- before\n'
    expect(changesOf(log, '1.2.0')).toBe('- this\n')
    expect(() => changesOf(log, '1.3.0')).toThrow('has no heading "## 1.3.0"')
    expect(() => changesOf('## 1.0.0\n\n## 0.9.0\n\n- x\n', '1.0.0')).toThrow('says nothing below')
  })

  test('manifests that can be applied as they are, every image by its digest', () => {
    const images = `agent r/agent@${digest}\nmcp-server r/mcp@${digest}\nstandalone r/all@${digest}\n`
    const made = withImages(root, images)
    expect(Object.keys(made).sort()).toEqual(['nightcrier-reader.yaml', 'nightcrier-standalone.yaml'])
    for (const text of Object.values(made)) {
      const all = parseAllDocuments(text).map((one) => one.toJS())
      expect(all[0].kind).toBe('Namespace')
      for (const [, image] of text.matchAll(/^\s*image: (.*)$/gm)) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/)
      expect(all.flatMap(({ rules }) => rules ?? []).flatMap(({ resources }) => resources ?? [])).not.toContain(
        'secrets',
      )
    }
    expect(() => withImages(root, 'standalone r/all:latest')).toThrow('no image by digest')
  })
})
