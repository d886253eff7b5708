import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

for (const queue of ['faults', 'results', 'notices']) {
  host.storageQueue(`dead-letter-${queue}`, {
    queueName: `${queue}-poison`,
    connection: 'AzureWebJobsStorage',
    handler: (message, context) => app().deadLetter(queue, message, context),
  })
}
