import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('incident-feedback', {
  methods: ['GET', 'POST'],
  authLevel: 'function',
  route: 'incidents/{id}/feedback',
  handler: (request, context) => app().incidentFeedback(request.params.id ?? '', request, context),
})

host.http('incident-scenario', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'incidents/{id}/scenario',
  handler: (request, context) => app().incidentScenario(request.params.id ?? '', context),
})
