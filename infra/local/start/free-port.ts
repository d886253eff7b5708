import { createServer } from 'node:net'
import { GiveUp } from '../../../shared/runtime/errors.ts'

/** Asked before anything is built: nobody waits a minute to hear that a port is taken. 0 where the usual one is. */
export async function freePort(requested: number, named: boolean): Promise<number> {
  if (requested === 0 || (await isFree(requested))) return requested
  if (named) throw new GiveUp(`Port ${requested} is taken. End what listens there, or name another with --port.`)
  return 0
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => done(true)))
  })
