import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'

type Pending = { suspect: JSONRPCResponse | undefined; notify: (() => void) | undefined }
export type JSONRPCResponse = Exclude<JSONRPCMessage, { method: string }>

/** Requests that are not answered yet, by the number under which the server knows them. */
export function pendingAnswers() {
  const open = new Map<number, Pending>()
  return {
    open: (id: number): void => void open.set(id, { suspect: undefined, notify: undefined }),
    close: (id: number): void => void open.delete(id),
    has: (id: number): boolean => open.has(id),
    /** False: nobody waits for it. */
    settle: (id: number): boolean => {
      const one = open.get(id)
      open.delete(id)
      one?.notify?.()
      return one !== undefined
    },
    suspect: (id: number, message: JSONRPCResponse): void => {
      const one = open.get(id)
      if (one !== undefined) one.suspect ??= message
    },
    suspectOf: (id: number): JSONRPCResponse | undefined => open.get(id)?.suspect,
    /** Whether it is within this time, on whatever connection. */
    answered: (id: number, ms: number): Promise<boolean> =>
      new Promise((resolve) => {
        const one = open.get(id)
        if (one === undefined) return resolve(true)
        const patience = setTimeout(() => resolve(false), ms)
        one.notify = () => {
          clearTimeout(patience)
          resolve(true)
        }
      }),
  }
}
