import { app as host } from '@azure/functions'
import { app } from '../shared/app/compose.ts'

// POST: it writes, though nothing that stays.
host.http('doctor', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'doctor',
  handler: (request, context) => app().doctor(request, context),
})
