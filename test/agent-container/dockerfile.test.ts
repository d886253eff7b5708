import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
type Line = { readonly word: string; readonly rest: string }

/** Instructions with their continued lines joined; comments gone. */
const linesOf = (text: string): readonly Line[] =>
  text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const found = /^([A-Z]+)\s+(.*)$/.exec(line.trim())
      return found === null ? [] : [{ word: found[1]!, rest: found[2]! }]
    })

/** What hadolint and our own design ask; the sentence is what is wrong. */
function faults(text: string): readonly string[] {
  const whole = linesOf(text)
  return ['agent', 'mcp-server'].flatMap((name) => faultsOf(text, whole, stage(whole, name)))
}
/** A stage with what it stands on, as far as that is a stage here. */
function stage(lines: readonly Line[], name: string): readonly Line[] {
  const at = lines.findIndex(({ word, rest }) => word === 'FROM' && rest.endsWith(` AS ${name}`))
  if (at < 0) return []
  const own = lines.slice(at + 1)
  const end = own.findIndex(({ word }) => word === 'FROM')
  const [below = ''] = lines[at]!.rest.split(' ')
  return [...stage(lines, below), ...own.slice(0, end < 0 ? undefined : end)]
}
function faultsOf(text: string, lines: readonly Line[], last: readonly Line[]): readonly string[] {
  const all = (word: string, of = lines) => of.filter((line) => line.word === word).map(({ rest }) => rest)
  const runs = all('RUN')
  const check = (wrong: boolean, what: string) => (wrong ? [what] : [])
  const user = all('USER', last).at(-1) ?? 'root'
  return [
    ...check(all('FROM').length < 2, 'one stage only'),
    ...check(
      all('FROM').some((from) => !/^base AS |@|\$\{NODE_DIGEST:\+@\$\{NODE_DIGEST\}\}/.test(from)),
      'DL3006: an image without a digest argument',
    ),
    ...check(/:latest\b/.test(text), 'DL3007: latest'),
    ...check(!/^\d+(:\d+)?$/.test(user) || /^0(:|$)/.test(user), 'DL3002: root, or a user that is no number'),
    ...check(all('ADD').length > 0, 'DL3020: ADD'),
    ...check(
      [...all('CMD'), ...all('ENTRYPOINT')].some((rest) => !rest.startsWith('[')),
      'DL3025: a command in shell form',
    ),
    ...check(
      all('WORKDIR').some((rest) => !rest.startsWith('/')),
      'DL3000: a relative WORKDIR',
    ),
    ...check(all('MAINTAINER').length > 0, 'DL4000: MAINTAINER'),
    ...check(
      runs.some((run) => /\bsudo\b|(^|&& )cd /.test(run)),
      'DL3003 or DL3004: cd or sudo',
    ),
    ...check(
      runs.some((run) => /apt-get install|apk add|curl |wget /.test(run)),
      'DL3008: packages of a distribution, or downloads',
    ),
    ...check(
      runs.some((run) => /[^|]\|[^|]/.test(run)),
      'DL4006: a pipe without pipefail',
    ),
    ...check(
      runs.some((run) => /npm (ci|install)/.test(run) && all('RUN', last).includes(run)),
      'packages are fetched in the last stage',
    ),
    ...check(
      !all('RUN', last).some((run) =>
        ['npm', 'npx', 'corepack', 'yarn', 'apt', 'dpkg'].every((name) => run.includes(name)),
      ),
      'a package manager is left in the last stage',
    ),
    ...check(
      all('COPY', last).some((rest) => !/^--from=(build|runners) --chown=0:0 /.test(rest)),
      'the last stage copies something that is not built, or that the user may write',
    ),
    ...check(
      /(KEY|TOKEN|PASSWORD|SECRET)\s*=/i.test([...all('ENV'), ...all('ARG')].join('\n')),
      'a secret in the image',
    ),
  ]
}
const dockerfile = read('agent-container/Dockerfile')

test('the image obeys the rules', () => {
  expect(faults(dockerfile)).toEqual([])
  expect(dockerfile).toContain('node:24-')
  // What is built when no target is named.
  expect(linesOf(dockerfile).findLast(({ word }) => word === 'FROM')?.rest).toBe('base AS agent')
})

test.each([
  ['USER 10001:10001', 'USER root', /DL3002/],
  ['CMD ["node", "/app/broker.js"]', 'CMD node /app/broker.js', /DL3025/],
  ['COPY --from=build --chown=0:0 /src/dist/agent', 'COPY . ', /the last stage copies/],
  ['/usr/local/bin/npm ', ' ', /package manager/],
  ['NODE_IMAGE=node:24-bookworm-slim', 'NODE_IMAGE=node:latest', /DL3007/],
  ['} AS base', '} AS base\nRUN apt-get install -y curl', /DL3008/],
])('the rules see it when %s becomes %s', (from, to, fault) => {
  expect(dockerfile).toContain(from)
  const broken = from === '/usr/local/bin/npm ' ? dockerfile.replaceAll('npm', '') : dockerfile.replace(from, to)
  expect(faults(broken).join('\n')).toMatch(fault)
})

test('the entries lie where a group starts them, and no local state comes into the build', () => {
  expect(read('shared/azure/container-group-body.ts')).toMatch(/`\/app\/\$\{spec\.entry\}`/)
  expect(dockerfile).toMatch(/ln -s \/opt\/nightcrier\/agent \/app/)
  for (const name of ['.git', 'node_modules', '.nightcrier', '**/.env*'])
    expect(read('agent-container/Dockerfile.dockerignore').split('\n')).toContain(name)
})
