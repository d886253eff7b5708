import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('metrics', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'metrics',
  handler: (_request, context) => app().metrics(context),
})
