import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { stringify } from 'yaml'
import type { KubeObject } from '../../shared/faults/kube-object.ts'

export type FakeCluster = {
  /** Its own name for itself; empty when it runs inside the cluster. */
  ownName: string
  /** What resources_list answers from, and in which form: the known servers have three. */
  objects: readonly KubeObject[]
  form: 'structured' | 'yaml' | 'table'
  /** Kinds it may not list. */
  forbidden: readonly string[]
  /** Asked for as a bearer token. */
  token: string
  hangSubscribe: boolean
  refuseSubscribe: string
  /** Has no tools for events at all. */
  plain: boolean
  /** 405 for every GET. */
  noStream: boolean
  /** Accepts, and never answers. */
  silent: boolean
  html: boolean
  redirect: string
  /** Answers every request with this status. */
  status: number
  readonly sessions: Map<string, { level: boolean; stream: ServerResponse | undefined }>
  /** Id → session. */
  readonly subscriptions: Map<string, string>
  /** Also those whose subscription is over: nothing ever stops them. */
  readonly watchers: { readonly id: string; readonly sessionId: string }[]
  readonly methods: string[]
  requests: number
  /** Streams opened so far. */
  streams: number
}

export const newCluster = (name: string): FakeCluster => ({
  ownName: `context-of-${name}`,
  objects: [],
  form: 'yaml',
  forbidden: [],
  token: '',
  hangSubscribe: false,
  refuseSubscribe: '',
  plain: false,
  noStream: false,
  silent: false,
  html: false,
  redirect: '',
  status: 0,
  sessions: new Map(),
  subscriptions: new Map(),
  watchers: [],
  methods: [],
  requests: 0,
  streams: 0,
})

type Message = {
  readonly method: string
  readonly params?: { readonly name?: string; readonly arguments?: Record<string, string> }
}
const text = (value: string, isError = false) => ({ result: { content: [{ type: 'text', text: value }], isError } })

export async function answerTool(cluster: FakeCluster, message: Message, sessionId: string): Promise<object> {
  switch (message.method) {
    case 'initialize':
      return {
        result: {
          protocolVersion: '2025-06-18',
          capabilities: { tools: { listChanged: true }, logging: {} },
          serverInfo: { name: 'kubernetes-mcp-server', version: 'fake' },
        },
      }
    case 'ping':
    case 'logging/setLevel':
      return { result: {} }
    case 'tools/list':
      return { result: { tools: tools(cluster) } }
    case 'tools/call':
      return call(cluster, message.params?.name ?? '', message.params?.arguments ?? {}, sessionId)
    default:
      return { error: { code: -32601, message: `method not found: ${message.method}` } }
  }
}

const tools = ({ plain }: FakeCluster) =>
  [
    ...(plain ? [] : ['events_subscribe', 'events_unsubscribe', 'events_list_subscriptions']),
    'resources_list',
    'resources_get',
  ].map((name) => ({ name, inputSchema: { type: 'object', properties: {} } }))

function call(cluster: FakeCluster, name: string, args: Readonly<Record<string, string>>, sessionId: string): object {
  switch (name) {
    case 'events_subscribe':
      return cluster.plain ? unknownTool(name) : subscribe(cluster, sessionId)
    case 'events_list_subscriptions': {
      const mine = [...cluster.subscriptions].filter(([, owner]) => owner === sessionId)
      const subscriptions = mine.map(([id]) => ({ subscriptionId: id, cluster: cluster.ownName, mode: 'faults' }))
      return text(`# Active Subscriptions\n\n${JSON.stringify({ subscriptions, total: mine.length }, null, 2)}`)
    }
    case 'resources_list':
      return list(cluster, args)
    case 'resources_get': {
      const found = cluster.objects.find(
        ({ kind, metadata }) =>
          kind === args.kind && metadata.name === args.name && (metadata.namespace ?? '') === (args.namespace ?? ''),
      )
      return found === undefined ? text(`${args.kind} "${args.name}" not found`, true) : text(stringify(found))
    }
    default:
      return unknownTool(name)
  }
}

const unknownTool = (name: string) => ({ error: { code: -32602, message: `unknown tool "${name}"` } })

function subscribe(cluster: FakeCluster, sessionId: string): object {
  if (cluster.refuseSubscribe !== '') return text(cluster.refuseSubscribe, true)
  const id = `sub-${randomUUID().slice(0, 8)}`
  cluster.subscriptions.set(id, sessionId)
  cluster.watchers.push({ id, sessionId })
  const created = { cluster: cluster.ownName, filters: {}, mode: 'faults', status: 'active', subscriptionId: id }
  return text(
    `# Event Subscription Created\n\n${JSON.stringify(created, null, 2)}\n\nYou will receive event notifications via the logging/message protocol.`,
  )
}

function list(cluster: FakeCluster, { apiVersion, kind }: Readonly<Record<string, string>>): object {
  if (cluster.forbidden.includes(kind ?? ''))
    return text(`failed to list resources: ${kind?.toLowerCase()}s is forbidden: User "x" cannot list resource`, true)
  if (apiVersion === 'cert-manager.io/v1')
    return text(`failed to list resources: no matches for kind "${kind}" in version "${apiVersion}"`, true)
  const items = cluster.objects.filter((object) => object.kind === kind && object.apiVersion === apiVersion)
  switch (cluster.form) {
    case 'structured':
      return { result: { content: [{ type: 'text', text: 'see structuredContent' }], structuredContent: { items } } }
    case 'yaml':
      return text(items.length === 0 ? '[]\n' : stringify(items))
    case 'table':
      return text(items.length === 0 ? '' : table(items))
    default:
      return cluster.form satisfies never
  }
}

/** As kubectl prints a list; pods have the columns that tell of their state. */
function table(items: readonly KubeObject[]): string {
  const rows = items.map((item) => ({
    NAMESPACE: item.metadata.namespace ?? '',
    APIVERSION: item.apiVersion,
    KIND: item.kind,
    NAME: item.metadata.name,
    ...(item.kind === 'Pod' ? podColumns(item) : {}),
    LABELS: '<none>',
  }))
  const names = Object.keys(rows[0] ?? {})
  const lines = [Object.fromEntries(names.map((name) => [name, name])), ...rows]
  const cell = (line: Readonly<Record<string, string>>, name: string) => line[name] ?? ''
  const width = (name: string) => Math.max(...lines.map((line) => cell(line, name).length)) + 3
  return `${lines
    .map((line) =>
      names
        .map((name) => cell(line, name).padEnd(width(name)))
        .join('')
        .trimEnd(),
    )
    .join('\n')}\n`
}

function podColumns(pod: KubeObject): Record<string, string> {
  const text = JSON.stringify(pod)
  const waiting = /"waiting":\{"reason":"(\w+)"/.exec(text)?.[1]
  const restarts = /"restartCount":(\d+)/.exec(text)?.[1] ?? '0'
  return { READY: waiting === undefined ? '1/1' : '0/1', STATUS: waiting ?? 'Running', RESTARTS: restarts, AGE: '24h' }
}
