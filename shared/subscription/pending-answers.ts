import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'

type Pending = { suspect: JSONRPCResponse | undefined; notify: (() => void) | undefined }
export type JSONRPCResponse = Exclude<JSONRPCMessage, { method: string }>

/**
 * Requests that are not answered yet, by the number under which the server knows them. Mostly there are none, and then
 * there is no map of them: a thousand clusters would each have one.
 */
export class PendingAnswers {
  #open: Map<number, Pending> | undefined

  open(id: number): void {
    this.#open ??= new Map()
    this.#open.set(id, { suspect: undefined, notify: undefined })
  }
  close(id: number): void {
    this.#open?.delete(id)
    if (this.#open?.size === 0) this.#open = undefined
  }
  has(id: number): boolean {
    return this.#open?.has(id) === true
  }
  /** False: nobody waits for it. */
  settle(id: number): boolean {
    const one = this.#open?.get(id)
    this.close(id)
    one?.notify?.()
    return one !== undefined
  }
  suspect(id: number, message: JSONRPCResponse): void {
    const one = this.#open?.get(id)
    if (one !== undefined) one.suspect ??= message
  }
  suspectOf(id: number): JSONRPCResponse | undefined {
    return this.#open?.get(id)?.suspect
  }
  /** Whether it is within this time, on whatever connection. */
  answered(id: number, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const one = this.#open?.get(id)
      if (one === undefined) return resolve(true)
      const patience = setTimeout(() => resolve(false), ms)
      one.notify = () => {
        clearTimeout(patience)
        resolve(true)
      }
    })
  }
}
