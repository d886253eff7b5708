import { app as host } from '@azure/functions'
import { app } from '../shared/app.ts'

host.storageQueue('report', {
  queueName: 'results',
  connection: 'AzureWebJobsStorage',
  handler: (message, context) => app().report(message, context),
})
