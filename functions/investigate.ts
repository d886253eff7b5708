import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('investigate', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'investigate',
  handler: (request, context) => app().investigate(request, context),
})
