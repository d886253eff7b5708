import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const place = mkdtempSync(join(tmpdir(), 'nightcrier-image-'))
afterAll(() => rmSync(place, { recursive: true }))
const log = join(place, 'asked')
const digest = `sha256:${'a'.repeat(64)}`
const pushed = `registry.example/nightcrier-agent@sha256:${'b'.repeat(64)}`

/** Programs that write down what they are asked, one argument a line, and answer as the real ones would. */
mkdirSync(join(place, 'bin'))
for (const [name, answer] of [
  ['docker', `[ "$2" = inspect ] && printf '%s\\n\\n' '${pushed}'`],
  ['azd', ''],
  ['az', ''],
]) {
  const file = join(place, 'bin', name!)
  writeFileSync(file, `#!/bin/sh\nprintf '%s|' ${name} "$@" >> '${log}'\necho >> '${log}'\n${answer}\nexit 0\n`)
  chmodSync(file, 0o755)
}
beforeEach(() => writeFileSync(log, ''))

function image(how: readonly string[], environment: Readonly<Record<string, string>>) {
  const PATH = `${join(place, 'bin')}:${process.env.PATH}`
  const done = spawnSync(join(root, 'infra/image.sh'), how, { encoding: 'utf8', env: { PATH, ...environment } })
  const asked = readFileSync(log, 'utf8').trim().split('\n').filter(Boolean)
  return { ...done, asked, builds: asked.filter((line) => line.startsWith('docker|build|')) }
}
const pinned = { NIGHTCRIER_NODE_DIGEST: digest, NIGHTCRIER_REGISTRY: 'registry.example' }

/** Arguments that decide what an image is made of; where it comes from is the Dockerfile's own. */
const argumentsOf = (dockerfile: string) =>
  [...dockerfile.matchAll(/^ARG (\w+)/gm)].map(([, name]) => name!).filter((name) => name !== 'NODE_IMAGE')

describe('infra/image.sh', () => {
  test('gives every argument of the Dockerfile to each of its builds', () => {
    const { status, builds } = image([], { ...pinned, NIGHTCRIER_RUNNERS: '@openai/codex@0.169.0 two@2.0.0' })
    expect(status).toBe(0)
    expect(builds).toHaveLength(2)
    for (const build of builds) {
      for (const name of argumentsOf(read('agent-container/Dockerfile')))
        expect(build).toContain(`|--build-arg|${name}=`)
      expect(build).toContain(`|NODE_DIGEST=${digest}|`)
      expect(build).toContain('|RUNNERS=@openai/codex@0.169.0 two@2.0.0|')
    }
    // An argument that somebody adds and nobody gives is seen.
    const missing = argumentsOf('ARG NODE_IMAGE=x\nARG NODE_DIGEST\nARG OTHER="1"\n')
    expect(missing.filter((name) => !builds[0]!.includes(`${name}=`))).toEqual(['OTHER'])
  })

  test('is logged in to a registry of Azure before it pushes, and to no other', () => {
    const { asked } = image(['--push'], { ...pinned, NIGHTCRIER_REGISTRY: 'crabc.azurecr.io' })
    expect(asked.filter((line) => line.startsWith('az|'))).toEqual(['az|acr|login|--name|crabc|'])
  })
  test('is logged in to no other registry', () => {
    const { asked } = image(['--push'], pinned)
    expect(asked.filter((line) => line.startsWith('az|'))).toEqual([])
  })

  test('pushes, and says the image by its digest as its only line', () => {
    const { stdout, asked } = image(['--push'], pinned)
    expect(stdout).toBe(`${pushed}\n`)
    expect(asked.filter((line) => line.startsWith('docker|push|'))).toEqual([
      'docker|push|registry.example/nightcrier-agent|',
      'docker|push|registry.example/nightcrier-mcp|',
    ])
  })

  test('hands it to azd when azd asks, and does nothing while digest or registry are unknown', () => {
    expect(image(['--azd'], pinned).asked.at(-1)).toBe(`azd|env|set|NIGHTCRIER_AGENT_IMAGE|${pushed}|`)
    for (const missing of ['NIGHTCRIER_NODE_DIGEST', 'NIGHTCRIER_REGISTRY'] as const) {
      writeFileSync(log, '')
      expect(image(['--azd'], { ...pinned, [missing]: '' })).toMatchObject({ status: 0, asked: [] })
    }
  })

  test.each([
    ['no digest', [], { NIGHTCRIER_REGISTRY: 'r' }, 'NIGHTCRIER_NODE_DIGEST'],
    ['a tag in its place', [], { ...pinned, NIGHTCRIER_NODE_DIGEST: '24' }, '64 hex digits'],
    ['no registry to push to', ['--push'], { NIGHTCRIER_NODE_DIGEST: digest }, 'NIGHTCRIER_REGISTRY'],
    ['an option that there is not', ['--all'], pinned, 'there is no --all'],
  ])('refuses %s, and builds nothing', (_, how, environment, says) => {
    const { status, stderr, asked } = image(how, environment)
    expect(status).toBe(2)
    expect(stderr).toContain(says)
    expect(asked).toEqual([])
  })
})

describe('whoever makes an image', () => {
  test('azd does so by the script, before it provisions', () => {
    const { posix, windows } = parse(read('azure.yaml')).hooks.preprovision
    for (const { run } of [posix, windows]) expect(run).toContain('npm run --silent azd -- preprovision')
    expect(read('infra/azd/hook.ts')).toContain("run('bash', ['infra/image.sh', '--azd'])")
  })

  test('the workflow does so with both arguments, and nobody builds past the script', () => {
    const { steps } = parse(read('.github/workflows/check.yml')).jobs.image
    const built = steps.find((step: { run?: string }) => step.run?.includes('infra/image.sh'))
    const variable = (name: string) => `$\{{ vars.${name} }}`
    expect(built.env).toEqual({ NODE_DIGEST: variable('NODE_DIGEST'), RUNNERS: variable('RUNNERS') })
    expect(built.run).toMatch(/NIGHTCRIER_NODE_DIGEST="\$digest" NIGHTCRIER_RUNNERS="\$RUNNERS" infra\/image\.sh/)
    for (const file of ['azure.yaml', '.github/workflows/check.yml', 'docs/operations.md'])
      expect(read(file), file).not.toMatch(/docker build\b/)
  })
})
