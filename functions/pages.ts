import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

host.http('list', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'list',
  handler: (request, context) => app().list(request.query, context),
})

host.http('board', {
  methods: ['GET'],
  authLevel: 'function',
  route: 'board',
  handler: (request, context) => app().board(request.query, context),
})
