import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('list', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'list',
  handler: (request, context) => app().list(request.query, context),
})

/** Anonymous: the link itself says what it may open, and is checked before anything is read. */
host.http('link', {
  methods: ['GET', 'HEAD', 'POST', 'DELETE'],
  authLevel: 'anonymous',
  route: 'r/{token}',
  handler: (request, context) => app().byLink(request.params.token ?? '', request, context),
})

host.http('board', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'board',
  handler: (request, context) => app().board(request.query, context),
})
