import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Investigate } from '../../shared/app/http/investigate.ts'
import { Acknowledge } from '../../shared/app/http/mutes.ts'
import { NewFeedback } from '../../shared/artifacts/feedback.ts'
import { IncidentQuery } from '../../shared/health/incidents.ts'
import { Incident } from '../../shared/incident/incident.ts'
import { MuteRequest } from '../../shared/incident/mute-book.ts'
import { version } from '../../shared/runtime/version.ts'
import { TRIAL_ID } from '../../shared/triage/try-agent.ts'

type Description = {
  readonly summary: string
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  readonly answers: Readonly<Record<string, Answer>>
}
type Answer = { readonly says: string; readonly type?: string; readonly schema?: object }
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const html = (says: string): Answer => ({ says, type: 'text/html', schema: { type: 'string' } })
const json = (says: string, schema: object = { type: 'object' }): Answer => ({ says, type: 'application/json', schema })
const refused = (says: string): Answer => json(says, ref('Error'))
const bad = { 400: refused('What is wrong, in words') }
const long = { 413: refused('The body is longer than such a one can be') }
const none = { 404: refused('There is none of that name') }
/** Whatever is done by it. */
const link = {
  401: html('Nobody is signed in'),
  403: html('It opens nothing'),
  404: html('What it opened is gone'),
  503: html('What it opened cannot be read now, or nobody can sign in'),
}

/** What each route of functions/ is for; one that is missing here stops the generator. */
const described: Readonly<Record<string, Description>> = {
  'GET /health': {
    summary: 'Whether it is alive',
    answers: { 200: json('It is', ref('Health')), 503: json('No supervisor lives, or storage is away', ref('Health')) },
  },
  'GET /health/clusters': { summary: 'How the watch of each cluster is doing', answers: { 200: json('All of them') } },
  'GET /incidents': {
    summary: 'Incidents, newest first, a page at a time',
    query: IncidentQuery,
    answers: { 200: json('A page', ref('Incidents')), ...bad },
  },
  'GET /incidents/{id}': { summary: 'One incident', answers: { 200: json('It', ref('Incident')), ...bad, ...none } },
  'GET /incidents/{id}/report': {
    summary: 'A fresh link to its report',
    answers: {
      200: json('The report itself, for who accepts JSON'),
      302: { says: 'There it is' },
      ...bad,
      ...none,
      409: refused('It is put away: storage has it, and must bring it back first'),
    },
  },
  'GET /incidents/{id}/feedback': {
    summary: 'A page that asks whether it was right',
    answers: { 200: html('The page'), ...none, 409: refused('It has no report yet') },
  },
  'POST /incidents/{id}/feedback': {
    summary: 'Whether the report was right',
    body: NewFeedback,
    answers: {
      200: json('It is kept'),
      ...bad,
      ...none,
      409: refused('It has no report yet'),
      ...long,
    },
  },
  'GET /incidents/{id}/scenario': {
    summary: 'The incident, redacted, as a scenario',
    answers: {
      200: { says: 'A zipped folder', type: 'application/zip', schema: { type: 'string', format: 'binary' } },
      ...none,
      409: refused('Its scenario cannot be put together'),
    },
  },
  'POST /incidents/{id}/acknowledge': {
    summary: 'Somebody has it in hand',
    body: Acknowledge,
    answers: { 200: json('It is kept'), ...bad, ...none, 409: refused('It is over'), ...long },
  },
  'POST /investigate': {
    summary: 'Investigate any object',
    body: Investigate,
    answers: {
      200: json('It is known already', ref('Asked')),
      202: json('It is opened', ref('Asked')),
      ...bad,
      404: refused('There is no such cluster'),
      409: refused('Nothing would be investigated'),
      ...long,
    },
  },
  'POST /alerts': {
    summary: 'Alertmanager’s webhook, version 4, or Grafana’s of that form',
    body: z.looseObject({
      alerts: z.array(z.looseObject({ status: z.string(), labels: z.record(z.string(), z.string()) })),
    }),
    query: z.object({ cluster: z.string().optional() }),
    answers: {
      200: json('What was made of each alert'),
      ...bad,
      404: refused('There is no such cluster'),
      ...long,
    },
  },
  'GET /mutes': { summary: 'Mutes in force', answers: { 200: json('All of them') } },
  'POST /mutes': { summary: 'One more mute', body: MuteRequest, answers: { 201: json('It'), ...bad, ...long } },
  'DELETE /mutes/{id}': {
    summary: 'Ends a mute',
    answers: { 200: json('It is over'), ...none, 409: refused('It stands in clusters.yaml') },
  },
  'GET /metrics': {
    summary: 'For Prometheus',
    answers: { 200: { says: 'Its text format', type: 'text/plain', schema: { type: 'string' } } },
  },
  'POST /doctor': {
    summary:
      'Tries what the app needs, and with agent also starts one: asked again with the same, it says how that goes',
    query: z.object({
      agent: z.string().regex(TRIAL_ID).optional(),
    }),
    answers: { 200: json('Each thing, and what to do'), ...bad },
  },
  'GET /list': { summary: 'The incidents for people', answers: { 200: html('A page'), ...none } },
  'GET /board': { summary: 'The clusters for people', answers: { 200: html('A page') } },
  'GET /r/{token}': {
    summary: 'What a signed link was made for',
    answers: { 200: html('A page'), 302: { says: 'First sign in' }, ...link, 409: html('There is no report yet') },
  },
  'POST /r/{token}': {
    summary: 'Feedback, a mute or an investigation by a signed link',
    answers: {
      200: html('A page'),
      202: html('What was asked for is opened'),
      400: html('What is wrong with what was sent'),
      ...link,
      405: html('It only shows something'),
      409: html('It cannot be done any more'),
      413: html('What was sent is too long'),
    },
  },
  'POST /mcp': {
    summary: 'The Kubernetes MCP server, stateless',
    answers: { 200: json('An answer of the protocol'), 411: refused('A body of no length') },
  },
  'DELETE /r/{token}': {
    summary: 'Ends a mute by its signed link',
    answers: { 200: html('A page'), ...link, 405: html('It only shows something') },
  },
}
/** Methods that functions/ takes and that are no business of a reader: HEAD, and what MCP’s transport refuses by itself. */
const plumbing = /^HEAD |^(GET|DELETE) \/mcp$/

type Route = { readonly method: string; readonly path: string; readonly open: boolean }

/** As functions/ registers them. */
function routes(root: string): readonly Route[] {
  return globSync('functions/*.ts', { cwd: root })
    .sort()
    .flatMap((file) =>
      [
        ...readFileSync(join(root, file), 'utf8').matchAll(
          /methods: \[([^\]]+)\],\s+authLevel: '(\w+)',\s+route: '([^']+)'/g,
        ),
      ].flatMap(([, methods = '', level, route]) =>
        methods
          .split(', ')
          .map((method) => ({ method: method.replaceAll("'", ''), path: `/${route}`, open: level === 'anonymous' })),
      ),
    )
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

function operation({ method, path, open }: Route, { summary, query, body, answers }: Description): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const asked =
    query === undefined ? {} : ((schemaOf(query) as { properties?: Record<string, object> }).properties ?? {})
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries(asked).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
  ]
  return {
    operationId: [method.toLowerCase(), ...path.split(/[/{}]+/).filter(Boolean)].join('-'),
    summary,
    security: open ? [] : [{ key: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: Object.fromEntries(
      Object.entries<Answer>({ ...answers, ...(open ? {} : { 401: { says: 'The key is missing or wrong' } }) }).map(
        ([status, { says, type, schema = {} }]) => [
          status,
          { description: says, ...(type === undefined ? {} : { content: { [type]: { schema } } }) },
        ],
      ),
    ),
  }
}

/** `docs/openapi.json`: OpenAPI 3.1 of what functions/ answers. */
export function openApi(root: string): object {
  const all = routes(root).filter(({ method, path }) => !plumbing.test(`${method} ${path}`))
  const names = all.map(({ method, path }) => `${method} ${path}`)
  const missing = names.filter((name) => described[name] === undefined)
  const gone = Object.keys(described).filter((name) => !names.includes(name))
  if (missing.length + gone.length > 0)
    throw new Error(
      `infra/pages/openapi.ts: add ${missing.join(', ') || 'nothing'}, remove ${gone.join(', ') || 'nothing'}`,
    )
  const paths: Record<string, Record<string, object>> = {}
  for (const route of all) {
    const one = described[`${route.method} ${route.path}`]
    if (one !== undefined)
      paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, one) }
  }
  const text = { type: 'string' }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Nightcrier',
      version,
      description: 'What the function app, and nightcrier serve, answer. Written by npm run generate.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api' }],
    paths,
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
      schemas: {
        Error: { type: 'object', required: ['error'], properties: { error: text } },
        Health: { type: 'object', required: ['status'], properties: { status: text, version: text } },
        Asked: {
          type: 'object',
          required: ['incidentId', 'status', 'known'],
          properties: { incidentId: text, status: text, known: { type: 'boolean' } },
        },
        Incident: schemaOf(Incident.omit({ countedFaults: true }), 'output'),
        Incidents: {
          type: 'object',
          required: ['incidents'],
          properties: {
            incidents: { type: 'array', items: ref('Incident') },
            cursor: text,
            cut: { type: 'boolean', description: 'There are more than one question reads: ask with a filter' },
          },
        },
      },
    },
  }
}
