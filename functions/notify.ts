import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.storageQueue('notify', {
  queueName: 'notices',
  connection: 'AzureWebJobsStorage',
  handler: (message, context) => app().notify(message, context),
})
