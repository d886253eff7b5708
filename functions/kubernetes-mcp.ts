import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('kubernetes-mcp', {
  methods: ['POST', 'GET', 'DELETE'],
  authLevel: 'function',
  route: 'mcp',
  handler: (request, context) => app().kubernetesMcp(request, context),
})
