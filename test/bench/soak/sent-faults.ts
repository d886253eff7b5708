import type { QueueClient } from '@azure/storage-queue'
import { z } from 'zod'
import { loopingPod } from '../../end-to-end/looping-pod.ts'
import type { FaultServer } from '../../fakes/fault-server.ts'

const Told = z.object({
  type: z.string(),
  faults: z.array(z.object({ resource: z.object({ name: z.string() }) })).default([]),
})
type Sent = { readonly cluster: string; readonly at: number; readonly told: boolean }

/** Faults that begin in the clusters, and what of them the queue has. A fault lasts until the queue has it. */
export function sentFaults(server: FaultServer, queue: QueueClient) {
  const waiting = new Map<string, Sent>()
  const delays: number[] = []
  let sent = 0
  let again = 0
  let messages = 0
  return {
    begin: (cluster: string): void => {
      sent += 1
      const pod = `soak${sent}-6bf586c785-x7k2m`
      const model = server.at(cluster)
      model.objects = [...model.objects, loopingPod(pod)]
      // Who hangs tells nothing: it is found by the look after it.
      const told = model.silent
        ? 0
        : server.emit(cluster, {
            faultId: pod,
            faultType: 'CrashLoop',
            severity: 'critical',
            resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: pod, uid: `uid-${pod}` },
            context: 'Container entered CrashLoopBackOff state',
            timestamp: new Date().toISOString(),
          })
      waiting.set(pod, { cluster, at: performance.now(), told: told > 0 })
    },
    /** Takes what the queue has; answers whether there was anything. */
    read: async (): Promise<boolean> => {
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 })
      for (const { messageText, messageId, popReceipt } of receivedMessageItems) {
        messages += 1
        const { faults } = Told.parse(JSON.parse(Buffer.from(messageText, 'base64').toString()))
        for (const { resource } of faults) {
          const one = waiting.get(resource.name)
          if (one === undefined) again += 1
          else seen(resource.name, one)
        }
        await queue.deleteMessage(messageId, popReceipt)
      }
      return receivedMessageItems.length > 0
    },
    counts: () => ({ sent, waiting: waiting.size, again, messages, delayMs: delaysOf(delays) }),
    lost: (): readonly string[] => [...waiting].map(([pod, { cluster }]) => `${cluster}/${pod}`),
  }

  function seen(pod: string, { cluster, at, told }: Sent): void {
    waiting.delete(pod)
    if (told) delays.push(performance.now() - at)
    const model = server.at(cluster)
    model.objects = model.objects.filter(({ metadata }) => metadata.name !== pod)
  }
}

/** Of those that a subscription was told of. */
function delaysOf(delays: readonly number[]) {
  const sorted = [...delays].sort((a, b) => a - b)
  const at = (part: number) => Math.round(sorted[Math.floor(sorted.length * part)] ?? 0)
  return { count: sorted.length, p50: at(0.5), p99: at(0.99) }
}
