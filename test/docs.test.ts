import { execFile, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { expectedFunctions } from '../infra/local/expected-functions.ts'
import { parseClusters } from '../shared/config/clusters-file.ts'
import { Settings } from '../shared/config/settings.ts'

const root = join(import.meta.dirname, '..')
const execute = promisify(execFile)
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root })]
const { scripts, bin, devDependencies } = JSON.parse(read('package.json'))

const inBlocks = pages.flatMap((page) =>
  [...read(page).matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].flatMap(([, block]) =>
    block!
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  ),
)
const inText = pages.flatMap((page) =>
  [...read(page).matchAll(/`((?:npm|npx) [^`\n]+)`/g)].map(([, command]) => command!),
)
const commands = [...inBlocks, ...inText].flatMap((line) => line.split(' && '))

test('every npm command of the pages exists', () => {
  for (const command of commands) {
    const script = /^npm run (\S+)/.exec(command)?.[1] ?? /^npm (start|test)\b/.exec(command)?.[1]
    if (script !== undefined) expect(Object.keys(scripts), command).toContain(script)
    const program = /^npx (?!-)([\w-]+)/.exec(command)?.[1]
    if (program !== undefined)
      expect([...Object.keys(bin), ...Object.keys(devDependencies)], command).toContain(program)
  }
})

/** What a command of the pages starts, and what it is given: `npm start -- --once` → the program of `start`, `--once`. */
function started(command: string): { readonly program: readonly string[]; readonly given: string } | undefined {
  const [, script, given = ''] = /^npm (?:run )?(\S+) -- (.+)$/.exec(command) ?? []
  if (script !== undefined && script !== 'test') {
    // A word that is no path is a command of the program's own.
    const own = /^[a-z0-9]+(?= )/.exec(given)?.[0]
    return { program: [...scripts[script].split(' ').slice(1), ...(own === undefined ? [] : [own])], given }
  }
  const [, name = '', words = ''] = /^npx (nightcrier(?:-mcp)?) ([^#]+)/.exec(command) ?? []
  if (bin[name] === undefined) return undefined
  const [first = ''] = words.split(' ')
  return { program: first.startsWith('-') ? [bin[name]] : [bin[name], first], given: words }
}

test('every flag that a command of the pages gives is known to the program', async () => {
  const helps = new Map<string, Promise<string>>()
  const help = (program: readonly string[]) => {
    const key = program.join(' ')
    const made =
      helps.get(key) ?? execute(process.execPath, [...program, '--help'], { cwd: root }).then(({ stdout }) => stdout)
    helps.set(key, made)
    return made
  }
  const found = commands.flatMap((command) => started(command) ?? [])
  expect(found.length).toBeGreaterThan(10)
  await Promise.all(
    found.map(async ({ program, given }) => {
      for (const [, flag] of given.matchAll(/(?:^|\s)(--[a-z-]+)/g))
        expect(await help(program), `${program} ${flag}`).toContain(flag)
    }),
  )
}, 60_000)

test('every clusters.yaml of the pages is one', () => {
  const found = pages.flatMap((page) =>
    [...read(page).matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)].flatMap(([, indent, text]) =>
      /^ *(clusters|discovery|notifications):/.test(text!)
        ? [{ page, text: text!.replaceAll(`\n${indent}`, '\n') }]
        : [],
    ),
  )
  expect(found.length).toBeGreaterThan(1)
  for (const { page, text } of found) {
    const whole = /^clusters:/m.test(text) ? text : `mcp_endpoint: https://mcp.example/mcp\n${text}`
    expect(parseClusters(whole).errors, `${page}\n${text}`).toEqual([])
  }
})

test('every file and folder that a command names exists', () => {
  for (const command of commands)
    for (const [path] of command.matchAll(/\b(?:infra|test|agent-container)\/[\w./-]+/g))
      if (path !== 'agent-container/Dockerfile') expect(existsSync(join(root, path)), command).toBe(true)
})

test('the guide sets what the templates read', () => {
  const parameters = ['infra/azure/main.bicepparam', 'infra/azure/main.bicep', 'infra/image.sh'].map(read).join('\n')
  // The command line's own two are no parameters of a deployment.
  for (const [, name] of read('docs/operations.md').matchAll(/\b(NIGHTCRIER_(?!KEY\b|URL\b)\w+)/g))
    expect(parameters).toContain(name)
  for (const [, name] of read('docs/operations.md').matchAll(/-var (\w+)=/g))
    expect(read('infra/terraform/variables.tf')).toContain(`variable "${name}"`)
})

test('every address that the pages tell is answered by a function', () => {
  const routes = globSync('functions/*.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/route: '([^']+)'/g)].map(([, route]) => route!.replace(/\{[^}]+\}/g, '{id}')),
  )
  expect(routes.length).toBeGreaterThan(5)
  for (const page of pages)
    for (const [, path = '', more] of read(page).matchAll(/\/api\/([\w/{}-]+)(…)?/g)) {
      const told = path.replace(/\/$/, '')
      const answered = more === undefined ? routes.includes(told) : routes.some((route) => route.startsWith(path))
      expect(answered, `${page}: /api/${path}`).toBe(true)
    }
  expect(expectedFunctions({ SUPERVISORS: 1 })).toContain('health')
})

test('every setting that the pages name exists', () => {
  const known = new Set(Object.keys(Settings.shape))
  const others =
    /^(NIGHTCRIER_\w+|RANCHER_\w+|NSK_\w+|NODE_\w+|AZURE_\w+|ARM_\w+|WEBSITE_\w+|XDG_\w+|IDENTITY_ENDPOINT|HTTPS?_PROXY|NO_PROXY)$/
  for (const page of pages)
    for (const [, name] of read(page).matchAll(/`([A-Z][A-Z]+_[A-Z_]+)\b[^`]*`/g))
      if (!others.test(name!)) expect(known.has(name!), `${page}: ${name}`).toBe(true)
})

test('every setting has a meaning', () => {
  const rows = [...read('docs/settings.md').matchAll(/^\| `(\w+)` \|.*\| (.*) \|$/gm)]
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(Settings.shape))
  expect(rows.filter(([, , meaning]) => !/^\w/.test(meaning!)).map(([, name]) => name)).toEqual([])
})

test('commands of the guide that need no cloud run', () => {
  const run = (command: string, ...words: string[]) =>
    spawnSync(command, words, { cwd: root, encoding: 'utf8', timeout: 600_000 })
  // The compilers that it brings are large, and slow on a busy machine.
  expect(commands).toContain('infra/check.sh')
  const check = run('infra/check.sh')
  expect(check.status, check.stdout + check.stderr).toBe(0)
  expect(check.stdout).toMatch(/NOT RUN|──/)
  const help = run(process.execPath, bin['nightcrier-mcp'], '--help')
  expect(help.stdout).toContain('--kubeconfig')
  expect(help.stdout).toContain('--allowed-host')
  const onboard = run(process.execPath, bin.nightcrier, 'onboard', '--help').stdout
  const flags = commands.filter((command) => command.startsWith('npx nightcrier onboard')).join(' ')
  for (const [flag] of flags.matchAll(/--[a-z-]+/g)) expect(onboard).toContain(flag)
}, 700_000)
