import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.storageQueue('triage', {
  queueName: 'faults',
  connection: 'AzureWebJobsStorage',
  handler: (message, context) => app().triage(message, context),
})
