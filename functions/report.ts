import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.storageQueue('report', {
  queueName: 'results',
  connection: 'AzureWebJobsStorage',
  handler: (message, context) => app().report(message, context),
})
