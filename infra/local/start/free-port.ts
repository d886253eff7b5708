import { createServer } from 'node:net'
import { errorText, GiveUp } from '../../../shared/runtime/errors.ts'

/** Asked before anything is built: nobody waits a minute to hear that a port is taken. 0 where the usual one is. */
export async function freePort(requested: number, named: boolean): Promise<number> {
  if (requested === 0 || (await whyNoPort(requested, '127.0.0.1')) === undefined) return requested
  if (named) throw new GiveUp(`Port ${requested} is taken. End what listens there, or name another with --port.`)
  return 0
}

/** Why nothing of ours can listen there; absent when it can. */
export const whyNoPort = (port: number, host: string): Promise<string | undefined> =>
  new Promise((done) => {
    const server = createServer()
    server.once('error', (error) => done(errorText(error)))
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(undefined)))
  })
