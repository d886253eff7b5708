import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('alerts', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'alerts',
  handler: (request, context) => app().alerts(request, context),
})
