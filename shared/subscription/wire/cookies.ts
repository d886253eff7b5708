/** A load balancer needs one or two to bring a session to its replica again; more are somebody's mistake. */
const MAX_COOKIES = 20
const MAX_COOKIE_CHARACTERS = 4_096

/** What one server set, for as long as one session lasts. Paths and domains are not told apart: there is one address. */
export class CookieJar {
  #kept: Map<string, string> | undefined

  take(set: string | readonly string[] | undefined): void {
    for (const line of set === undefined ? [] : [set].flat()) {
      const [pair = '', ...attributes] = line.split(';')
      const at = pair.indexOf('=')
      const name = pair.slice(0, at).trim()
      if (at < 1 || pair.length > MAX_COOKIE_CHARACTERS || /[\r\n]/.test(pair)) continue
      this.#kept ??= new Map()
      if (attributes.some((one) => /^\s*max-age\s*=\s*(0|-\d+)\s*$/i.test(one))) this.#kept.delete(name)
      else if (this.#kept.has(name) || this.#kept.size < MAX_COOKIES) this.#kept.set(name, pair.slice(at + 1).trim())
    }
  }

  header(): Readonly<Record<string, string>> {
    return this.#kept === undefined || this.#kept.size === 0
      ? {}
      : { cookie: [...this.#kept].map(([name, value]) => `${name}=${value}`).join('; ') }
  }
}
