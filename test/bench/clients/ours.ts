import { Cluster } from '../../../shared/config/cluster.ts'
import type { Fault } from '../../../shared/faults/fault.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { receiveFaults } from '../../../shared/subscription/receive-faults.ts'
import { SeenFaults } from '../../../shared/subscription/seen-faults.ts'
import { openSession } from '../../../shared/subscription/session.ts'
import { subscribe } from '../../../shared/subscription/subscribe.ts'
import { ownDoor } from '../../fakes/own-door.ts'
import type { OpenClient } from './client.ts'

const quiet = () => {}

/** The product's session and hearing, as a watch joins them; `add` is where its outbox would be. */
export const oursInto =
  (add: (fault: Fault) => void): OpenClient =>
  async (endpoint) => {
    const ending = new AbortController()
    const cluster = Cluster.parse({
      name: new URL(endpoint).pathname.split('/')[1],
      mcp: { endpoint },
      triage: { enabled: false },
    })
    const hearing = receiveFaults({
      cluster,
      clock: systemClock,
      outbox: { add },
      deadLetter: { keep: quiet },
      report: { event: quiet, trouble: quiet },
      seenFaults: new SeenFaults(),
      door: ownDoor,
      signal: ending.signal,
      claimed: true,
      onSubscriptionError: quiet,
      onEnd: quiet,
    })
    const session = await openSession({
      endpoint,
      headers: {},
      callTimeoutMs: 30_000,
      onNotice: hearing.onNotice,
      onGarbage: hearing.onGarbage,
      // Nor does the floor ask whether the stream alone is lost; what that costs, the whole watch shows.
      onStreamEnd: quiet,
      signal: ending.signal,
    })
    await session.setLevel()
    const tool = (await session.tools()).find(({ name }) => name === 'events_subscribe')
    if (tool === undefined) throw new Error('no tool to subscribe with')
    await session.openStream()
    hearing.know(await subscribe(session, tool))
    return {
      close: () => session.close(),
    }
  }
export const openOurs: OpenClient = (endpoint, onFault) => oursInto(onFault)(endpoint, onFault)
