import { systemClock } from '../../../shared/runtime/clock.ts'
import { errorText } from '../../../shared/runtime/errors.ts'
import { type Azurite, type AzuritePorts, startAzurite } from '../azurite.ts'

/** Before it is started again; doubled with each failure in a row. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
/** So long it must live to count as well again. */
const HEALTHY_MS = 30_000

export type KeptAzurite = Pick<Azurite, 'connectionString' | 'ports'> & { readonly stop: () => Promise<void> }

/**
 * Azurite on a folder, started again at the same ports whenever it dies: whoever asks it meanwhile tries again. The ports
 * of an earlier start are taken if they are free, since links and agents of then name them.
 */
export async function keepAzurite(
  folder: string,
  earlier: AzuritePorts | undefined,
  trouble: (sentence: string) => void,
): Promise<KeptAzurite> {
  let current = await startAzurite([], { folder, ...(earlier === undefined ? {} : { ports: earlier }) }).catch(
    (error: unknown) => {
      if (earlier === undefined) throw error
      trouble(`Storage gets new ports: ${errorText(error)}`)
      return startAzurite([], { folder })
    },
  )
  const { connectionString, ports } = current
  const stopping = new AbortController()
  const kept = keep()

  async function keep(): Promise<void> {
    let pause = FIRST_PAUSE_MS
    while (!stopping.signal.aborted) {
      const begun = performance.now()
      await current.ended
      if (performance.now() - begun > HEALTHY_MS) pause = FIRST_PAUSE_MS
      // Also a new one may not come up at once.
      while (!stopping.signal.aborted) {
        trouble(`Storage has ended and is started again in ${pause} ms.`)
        await systemClock.sleep(pause, stopping.signal)
        if (stopping.signal.aborted) return
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
        const next = await startAzurite([], { folder, ports }).catch((error: unknown) => trouble(errorText(error)))
        if (next === undefined) continue
        current = next
        break
      }
    }
  }
  return {
    connectionString,
    ports,
    stop: async () => {
      stopping.abort()
      await current.stop()
      await kept
      await current.stop()
    },
  }
}
