import { app } from '@azure/functions'
import { note, sleep } from '../journal.ts'

type Job = {
  readonly id: string
  readonly failures?: number
  readonly hangOnce?: boolean
  readonly takes?: number
  readonly Kept?: string
}

app.storageQueue('work', {
  queueName: 'work',
  connection: 'AzureWebJobsStorage',
  handler: async (message, context) => {
    // The fixture knows what the test sends.
    const job = message as Job
    const { dequeueCount } = context.triggerMetadata ?? {}
    note({ name: 'work', event: 'start', job, dequeueCount, id: context.invocationId })
    if (Number(dequeueCount) <= (job.failures ?? 0)) throw new Error(`${job.id} fails`)
    if (job.hangOnce === true && dequeueCount === 1) await sleep(600_000)
    await sleep(job.takes ?? 0)
    note({ name: 'work', event: 'end', job, id: context.invocationId })
  },
})
