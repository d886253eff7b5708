import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('incidents', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'incidents',
  handler: (request, context) => app().incidents(request.query, context),
})

host.http('incident', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'incidents/{id}',
  handler: (request, context) => app().incident(request.params.id ?? '', context),
})

host.http('incident-report', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'incidents/{id}/report',
  handler: (request, context) =>
    app().incidentReport(request.params.id ?? '', request.headers.get('accept') ?? '', context),
})
