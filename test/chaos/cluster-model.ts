import type { KubeObject } from '../../shared/faults/kube-object.ts'
import type { OpenSession, Session } from '../../shared/subscription/session.ts'
import { unanswered } from './manners.ts'
import type { Mortal, Sky } from './mortal.ts'

type Listener = {
  readonly who: Mortal
  readonly options: Parameters<OpenSession>[0]
  level: boolean
  stream: boolean
  /** Its stream is dead, and nobody knows. */
  deaf: boolean
  subscription: string | undefined
  over: boolean
}

type Manners = {
  readonly isMute: boolean
  /** How long a list takes. */
  readonly listMs: () => number
  /** How often a sign of life comes on a stream; 0: never. */
  readonly beatMs: number
}

/** No cluster is without, and a server that shows none is not believed. */
const always: readonly KubeObject[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }]

/** One cluster and its MCP server with the habits of the known one: it replays nothing, and forgets in silence. */
export function clusterModel(sky: Sky, name: string) {
  let objects: readonly KubeObject[] = []
  let listeners: Listener[] = []
  let made = 0
  let lookedBy = -1
  let manners: Manners = { isMute: false, listMs: () => 0, beatMs: 0 }

  const server = (who: Mortal): OpenSession => {
    const connect: OpenSession = async (options) => {
      const { callTimeoutMs, signal } = options
      const state = { level: false, stream: false, deaf: false, subscription: undefined, over: false }
      const listener: Listener = { who, options, ...state }
      const served = <T>(what: string, act: () => T, ms = 0): T | Promise<T> => {
        if (manners.isMute || ms >= callTimeoutMs) return unanswered(sky, what, callTimeoutMs, signal)
        return ms === 0 ? act() : new Promise((resolve) => sky.time.after(ms, () => resolve(act())))
      }
      await who.call(`${name}: connect`, () => served('initialize', () => void listeners.push(listener)))
      signal.addEventListener('abort', () => leave(listener), { once: true })
      const asked = <T>(what: string, act: () => T, ms = 0): Promise<T> =>
        who.call(`${name}: ${what}`, () => {
          if (listener.over) throw new Error('the server no longer knows the session (404)')
          return served(what, act, ms)
        })
      const session: Session = {
        openStream: () =>
          asked('open stream', () => {
            listener.stream = true
            listener.deaf = false
            if (manners.beatMs > 0) beat(listener)
            return 'open'
          }),
        closeStream: () => {
          listener.stream = false
        },
        setLevel: () =>
          asked('set level', () => {
            listener.level = true
          }),
        tools: () =>
          asked('list tools', () => [
            { name: 'events_subscribe', arguments: [] },
            { name: 'events_list_subscriptions', arguments: [] },
            { name: 'resources_list', arguments: ['apiVersion', 'kind', 'continue'] },
          ]),
        ping: () => asked('ping', () => undefined),
        call: (tool, args) =>
          asked(
            `${tool} ${String(args.kind ?? '')}`,
            () => answer(listener, tool, args),
            tool === 'resources_list' ? manners.listMs() : 0,
          ),
        close: async () => leave(listener),
      }
      return session
    }
    return connect
  }

  function answer(listener: Listener, tool: string, args: Readonly<Record<string, unknown>>) {
    const structured = (value: unknown) => ({ isError: false, text: '', structured: value })
    switch (tool) {
      case 'events_subscribe':
        made += 1
        listener.subscription = `sub-${made}`
        return structured({ subscriptionId: listener.subscription, cluster: name })
      case 'events_list_subscriptions':
        return structured({
          subscriptions: listener.subscription === undefined ? [] : [{ subscriptionId: listener.subscription }],
        })
      case 'resources_list':
        lookedBy = Math.max(lookedBy, listener.who.bornAt)
        return structured({ items: [...always, ...objects].filter(({ kind }) => kind === args.kind) })
      default:
        return { isError: true, text: `unknown tool ${tool}`, structured: undefined }
    }
  }

  /** Signs of life, until the stream is none any more. */
  function beat(listener: Listener): void {
    sky.time.after(manners.beatMs, () => {
      if (listener.over || !listener.stream || listener.deaf || !listener.who.alive()) return
      listener.who.receive(() => listener.options.onSign?.())
      beat(listener)
    })
  }

  function leave(listener: Listener): void {
    listener.over = true
    listeners = listeners.filter((one) => one !== listener)
  }

  /** To every subscription with a stream; without one, or by chance, it is lost and the subscription with it. */
  function tell(data: Readonly<Record<string, unknown>>, lossy: number): number {
    let told = 0
    for (const listener of listeners) {
      const { who, options, subscription } = listener
      if (!who.alive()) continue
      if (subscription === undefined || !listener.level) continue
      if (listener.stream && listener.deaf) continue
      if (!listener.stream || sky.chance.happens(lossy)) {
        listener.subscription = undefined
        continue
      }
      told += 1
      const params = { level: 'warning', logger: 'kubernetes/faults', data: { subscriptionId: subscription, ...data } }
      who.receive(() => {
        options.onSign?.()
        options.onNotice(params)
      })
    }
    return told
  }

  return {
    name,
    server,
    tell,
    /** Whether a living process would get a notice at this moment. */
    isHeard: (): boolean =>
      listeners.some(
        ({ who, level, stream, deaf, subscription }) =>
          who.alive() && level && stream && !deaf && subscription !== undefined,
      ),
    /** When the youngest process was born that has looked at it. */
    lookedBy: () => lookedBy,
    put: (object: KubeObject): void => {
      objects = [...objects.filter(({ metadata }) => metadata.uid !== object.metadata.uid), object]
    },
    remove: (uid: string): void => {
      objects = objects.filter(({ metadata }) => metadata.uid !== uid)
    },
    /** All sessions are forgotten, and those whose stream was open hear so. */
    restart: (): void => {
      const before = listeners
      listeners = []
      for (const listener of before) {
        listener.over = true
        if (listener.stream) listener.who.receive(() => listener.options.onStreamEnd('the server was restarted'))
      }
    },
    /** Streams end, and sessions stay. */
    endStreams: (): void => {
      for (const listener of listeners) {
        if (listener.stream) listener.who.receive(() => listener.options.onStreamEnd('the server ended the stream'))
        listener.stream = false
      }
    },
    /** Streams that are open now bring nothing any more. */
    deafen: (): void => {
      for (const listener of listeners) listener.deaf = listener.stream
    },
    behave: (change: Partial<Manners>): void => {
      manners = { ...manners, ...change }
    },
    dropSubscriptions: (): void => {
      for (const listener of listeners) listener.subscription = undefined
    },
  }
}
export type ClusterModel = ReturnType<typeof clusterModel>
