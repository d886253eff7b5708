import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('mutes', {
  methods: ['GET', 'POST'],
  authLevel: 'function',
  route: 'mutes',
  handler: (request, context) => app().mutes(request, context),
})

host.http('unmute', {
  methods: ['DELETE'],
  authLevel: 'function',
  route: 'mutes/{id}',
  handler: (request, context) => app().unmute(request.params.id ?? '', context),
})

host.http('incident-acknowledge', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'incidents/{id}/acknowledge',
  handler: (request, context) => app().acknowledge(request.params.id ?? '', request, context),
})
