import type { Dispatcher } from 'undici'
import { CookieJar } from './cookies.ts'
import { dispatchersTo, type Way } from './dispatchers.ts'
import { Lanes } from './lanes.ts'
import { type Ended, type Exchange, Moved, type Place, RunningExchange } from './running-exchange.ts'
import { WireError } from './wire-error.ts'

/** To the same host; more is a circle. */
const MAX_HOPS = 3

/** Addresses that servers have moved to: what was sent in clear once is not sent so again. */
const moved = new Map<string, URL>()
const MAX_MOVED = 5_000

/** The connections to one server: a few for requests, and one for a stream. */
export class Wire implements Place {
  readonly way: Way
  readonly cookies = new CookieJar()
  readonly #endpoint: string
  #url: URL
  #make: ReturnType<typeof dispatchersTo>
  #requests: Lanes
  #streams: Dispatcher | undefined
  /** What is under way; a list that is made anew has room for no more than it holds. */
  #running: readonly RunningExchange[] = []

  constructor(endpoint: string, way: Way) {
    this.way = way
    this.#endpoint = endpoint
    this.#url = moved.get(endpoint) ?? new URL(endpoint)
    this.#make = dispatchersTo(this.#url, way)
    this.#requests = new Lanes(this.#make.request)
  }

  get url(): URL {
    return this.#url
  }

  shown(): string {
    return `${this.#url.origin}${this.#url.pathname}`
  }

  /** Resolves when what is wanted has come, or all has. Rejects with a WireError whose message is one sentence for people. */
  async exchange(ask: Exchange): Promise<Ended> {
    const endpoint = this.#endpoint
    let again = true
    for (let hops = 0; ; ) {
      try {
        return await this.#once(ask)
      } catch (error) {
        if (error instanceof Moved && hops < MAX_HOPS) {
          hops += 1
          await this.#move(error.to)
        } else if (error instanceof WireError && error.unheard && again && ask.method !== 'DELETE') again = false
        else {
          // A path may move again; what was sent in clear once is not sent so again.
          if (moved.get(endpoint)?.protocol === new URL(endpoint).protocol) moved.delete(endpoint)
          throw error
        }
      }
    }
  }

  over(one: RunningExchange): void {
    this.#running = this.#running.filter((other) => other !== one)
    if (one.lane !== undefined) this.#requests.release(one.lane)
  }

  cutRequests(): void {
    for (const one of this.#running) if (!one.isStream) one.abort()
  }

  cutStreams(): void {
    for (const one of this.#running) if (one.isStream) one.abort()
  }

  /** Cuts what is under way; what is asked afterwards fails. */
  async close(): Promise<void> {
    for (const one of this.#running) one.abort()
    await Promise.all([this.#streams?.destroy(), this.#requests.destroy()])
  }

  #once(ask: Exchange): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const one = new RunningExchange(ask, this, { resolve, reject })
      this.#running = [...this.#running, one]
      if (one.isStream) {
        this.#streams ??= this.#make.stream()
        one.begin(this.#streams)
      } else {
        one.lane = this.#requests.take()
        one.begin(one.lane.dispatcher)
      }
    })
  }

  async #move(to: URL): Promise<void> {
    const [oldest] = moved.keys()
    if (moved.size >= MAX_MOVED && oldest !== undefined) moved.delete(oldest)
    moved.set(this.#endpoint, to)
    if (to.href === this.#url.href) return
    const [before, stream] = [this.#requests, this.#streams]
    this.#url = to
    this.#make = dispatchersTo(to, this.way)
    this.#requests = new Lanes(this.#make.request)
    this.#streams = undefined
    await Promise.all([before.destroy(), stream?.destroy()])
  }
}
