import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { generated } from '../../infra/generate.ts'
import { clustersKeys } from '../../infra/pages/clusters-page.ts'
import { openApi } from '../../infra/pages/openapi.ts'
import { deadLinks, linksOf } from '../run/links.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

test('pages that are generated are those that would be generated now', async () => {
  for (const [file, text] of Object.entries(await generated()))
    if (file.startsWith('docs/')) expect(read(file), file).toBe(text)
})

test('every key of clusters.yaml stands in its page', () => {
  expect(clustersKeys().length).toBeGreaterThan(60)
  for (const { path } of clustersKeys()) expect(read('docs/clusters.md')).toContain(`\`${path}\``)
})

type Doc = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: object; securitySchemes: object }
}
type Operation = {
  operationId: string
  summary: string
  security?: Record<string, unknown>[]
  parameters?: { name: string; in: string; required: boolean; schema?: object }[]
  requestBody?: { content: object }
  responses: Record<string, { description: string }>
}

/** What a reader of OpenAPI would stumble over. */
function lint(doc: Doc): readonly string[] {
  const wrong: string[] = []
  const ids = new Set<string>()
  for (const [path, methods] of Object.entries(doc.paths))
    for (const [method, one] of Object.entries(methods)) {
      const at = `${method} ${path}`
      if (ids.has(one.operationId)) wrong.push(`${at}: operationId ${one.operationId} twice`)
      ids.add(one.operationId)
      if (!one.summary) wrong.push(`${at}: no summary`)
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = (one.parameters ?? []).filter((parameter) => parameter.in === 'path' && parameter.required)
      if (named.join() !== declared.map(({ name }) => name).join())
        wrong.push(`${at}: its path parameters are not declared`)
      if (Object.keys(one.responses).length === 0) wrong.push(`${at}: no responses`)
      for (const [status, { description }] of Object.entries(one.responses))
        if (!/^[1-5]\d\d$/.test(status) || !description) wrong.push(`${at}: answer ${status} says nothing`)
      if (['get', 'delete', 'head'].includes(method) && one.requestBody) wrong.push(`${at}: a body`)
      for (const scheme of (one.security ?? []).flatMap(Object.keys))
        if (!(scheme in doc.components.securitySchemes)) wrong.push(`${at}: there is no scheme ${scheme}`)
    }
  for (const [, name = ''] of JSON.stringify(doc).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
    if (!(name in doc.components.schemas)) wrong.push(`there is no schema ${name}`)
  return wrong
}

const LINK = ['get /r/{token}', 'post /r/{token}', 'delete /r/{token}'] as const
/** Which operations each file answers, and which of its answers each of them never gives. */
const handlers: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'app/http/alerts.ts': { 'post /alerts': [] },
  'app/http/ask-by-link.ts': { [LINK[0]]: ['400'], [LINK[1]]: [] },
  'app/http/by-link.ts': { [LINK[0]]: ['405'], [LINK[1]]: [], [LINK[2]]: [] },
  'app/http/doctor.ts': { 'post /doctor': [] },
  'app/http/feedback.ts': {
    'get /incidents/{id}/feedback': ['400', '413'],
    'post /incidents/{id}/feedback': [],
    [LINK[0]]: ['400', '413'],
    [LINK[1]]: [],
  },
  'app/http/health.ts': {
    'get /health': ['302', '404', '409'],
    'get /health/clusters': ['302', '404', '409'],
    'get /incidents': ['302', '404', '409'],
    'get /incidents/{id}': ['302', '409'],
    'get /incidents/{id}/report': [],
    'get /metrics': ['302', '404', '409'],
  },
  'app/http/investigate.ts': { 'post /investigate': [], [LINK[1]]: [] },
  'app/http/mcp.ts': { 'post /mcp': [] },
  'app/http/mute-by-link.ts': { [LINK[0]]: ['400', '409'], [LINK[1]]: [], [LINK[2]]: ['400', '409'] },
  'app/http/mutes.ts': {
    'get /mutes': ['201', '400', '404', '409', '413'],
    'post /mutes': ['200', '404', '409'],
    'delete /mutes/{id}': ['201', '400', '413'],
    'post /incidents/{id}/acknowledge': ['201'],
  },
  'app/http/pages.ts': { 'get /list': [], 'get /board': ['404'], [LINK[0]]: [] },
  'app/http/scenario.ts': { 'get /incidents/{id}/scenario': [] },
  // Only a browser that looks is sent to sign in, and only what changes something must be of the same site.
  'app/http/sign-in.ts': { [LINK[0]]: [], [LINK[1]]: ['302'], [LINK[2]]: ['302'] },
  'health/alive.ts': { 'get /health': [] },
  'health/incidents.ts': {
    'get /incidents': ['404'],
    'get /incidents/{id}': [],
    'get /incidents/{id}/report': [],
  },
}
/** In whatever words a file gives them. */
const ANSWER = /(?:\bstatus: |\b(?:refused|problem|answer|json|page)\(\s*)(\d{3})\b/g
function answersOf(file: string): readonly string[] {
  const text = read(`shared/${file}`)
  const given = [...text.matchAll(ANSWER)].map(([, status = '']) => status)
  return [...new Set([...given, ...(text.includes('jsonBody(') ? ['400', '413'] : [])])].sort()
}

describe('the HTTP API', () => {
  const doc = JSON.parse(read('docs/openapi.json')) as Doc
  test('is well formed, and a planted mistake is seen', () => {
    expect(lint(doc)).toEqual([])
    const path = '/incidents/{id}'
    const planted = { ...doc, paths: { [path]: { get: { ...doc.paths[path]!.get!, parameters: [], summary: '' } } } }
    expect(lint(planted)).toEqual([`get ${path}: no summary`, `get ${path}: its path parameters are not declared`])
  })
  test('says which routes are open to all', () => {
    const open = Object.entries(doc.paths).filter(([, methods]) =>
      Object.values(methods).some(({ security }) => security?.length === 0),
    )
    expect(open.map(([path]) => path)).toEqual(['/health', '/r/{token}'])
    expect(openApi(root)).toEqual(doc)
  })
  test.each(Object.entries(handlers))('names every answer of shared/%s for each operation', (file, operations) => {
    const given = answersOf(file)
    expect(given).not.toEqual([])
    for (const [operation, never] of Object.entries(operations)) {
      const [method = '', path = ''] = operation.split(' ')
      const named = Object.keys(doc.paths[path]![method]!.responses)
      const gives = given.filter((status) => !never.includes(status))
      expect({ operation, missing: gives.filter((status) => !named.includes(status)) }).toEqual({
        operation,
        missing: [],
      })
      expect({ operation, never: never.filter((status) => !given.includes(status)) }).toEqual({ operation, never: [] })
    }
  })
  test('names no answer that nobody gives', () => {
    const invented = Object.entries(doc.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses, security }]) => {
        const operation = `${method} ${path}`
        const gives = Object.entries(handlers).flatMap(([file, operations]) =>
          answersOf(file).filter((status) => operations[operation]?.includes(status) === false),
        )
        // The host asks for the key, and the protocol answers by itself.
        const others = [...(security?.length === 0 ? [] : ['401']), ...(path === '/mcp' ? ['200'] : [])]
        const unknown = Object.keys(responses).filter((status) => ![...gives, ...others].includes(status))
        return unknown.map((status) => `${operation}: ${status}`)
      }),
    )
    expect(invented).toEqual([])
  })
  test('every file that answers is among them', () => {
    const those = globSync('app/http/*.ts', { cwd: join(root, 'shared') }).filter((file) => answersOf(file).length > 0)
    expect(those.filter((file) => handlers[file] === undefined)).toEqual(['app/http/json-body.ts'])
  })
})

const pages = globSync(['*.md', 'docs/*.md'], { cwd: root })

test('no link of any page is dead, and a planted one is found', () => {
  expect(pages.length).toBeGreaterThan(20)
  for (const page of pages) expect(deadLinks(root, page, read(page)), page).toEqual([])
  const planted = 'See [this](docs/none.md), [that](docs/faq.md#nothing) and <img src="docs/pictures/none.png">.'
  expect(deadLinks(root, 'README.md', planted)).toEqual([
    'docs/none.md',
    'docs/faq.md#nothing',
    'docs/pictures/none.png',
  ])
})

/** What a newcomer looks for, and the page, with words, where it is. */
const tasks: Readonly<Record<string, readonly [string, RegExp]>> = {
  'try it on my own cluster': ['docs/quickstart.md', /nightcrier serve --kubeconfig/],
  'keep it running without a cloud': ['docs/standalone.md', /docker run/],
  'run it inside of a cluster': ['docs/standalone.md', /kubectl apply -k infra\/kubernetes\/standalone/],
  'be told in Slack': ['docs/notifications.md', /slack/i],
  'use its tools in Claude, VS Code or Cursor': ['docs/connect-your-agent.md', /mcpServers/],
  'know which rights it needs': ['docs/faq.md', /reader\.yaml/],
  'look up a key of clusters.yaml': ['docs/clusters.md', /severity_threshold/],
  'stop messages about one namespace': ['docs/noise.md', /leave_out/],
  'know what it costs': ['docs/cost.md', /month/],
  'add a check of my own': ['CONTRIBUTING.md', /\*\*A check\*\*/],
  'call its HTTP API': ['docs/openapi.json', /x-functions-key/],
  'go to a newer version': ['docs/upgrading.md', /npm install -g nightcrier@latest/],
}

test.each(Object.entries(tasks))('within two clicks from README one can: %s', (_task, [page, words]) => {
  expect(read(page)).toMatch(words)
  const first = linksOf('README.md', read('README.md'))
  const second = first.filter((file) => file.endsWith('.md')).flatMap((file) => linksOf(file, read(file)))
  expect([...first, ...second]).toContain(page)
})

test('every package that the product imports is explained', () => {
  const { devDependencies } = JSON.parse(read('package.json'))
  const sources = globSync(['shared/**/*.ts', 'functions/*.ts', 'agent-container/**/*.ts', 'infra/local/**/*.ts'], {
    cwd: root,
  })
  const imported = new Set(
    sources.flatMap((file) =>
      [...read(file).matchAll(/(?:from|import)\s*\(?\s*'((?:@[\w-]+\/)?[\w-]+)[^']*'/g)].map(([, name]) => name!),
    ),
  )
  const explained = [...read('docs/dependencies.md').matchAll(/^\| (@?[\w/-]+) \| [\d,]+ \|/gm)].map(
    ([, name]) => name!,
  )
  for (const name of Object.keys(devDependencies)) if (imported.has(name)) expect(explained, name).toContain(name)
  for (const name of explained) expect(Object.keys(devDependencies), name).toContain(name)
})

test('issue templates are what GitHub takes', () => {
  for (const file of globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: root })) {
    const { name, description, body, blank_issues_enabled } = parse(read(file))
    if (blank_issues_enabled !== undefined) continue
    expect([typeof name, typeof description], file).toEqual(['string', 'string'])
    for (const { type, attributes } of body) {
      expect(['textarea', 'input', 'markdown', 'dropdown'], file).toContain(type)
      expect(
        Object.values(attributes).every((value) => typeof value === 'string'),
        `${file}: ${JSON.stringify(attributes)}`,
      ).toBe(true)
    }
  }
})
