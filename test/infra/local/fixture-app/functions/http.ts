import { app } from '@azure/functions'

app.http('alive', {
  route: 'alive',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => ({ jsonBody: { ok: true } }),
})

app.http('things', {
  route: 'things/{id}/{part?}',
  methods: ['GET', 'POST'],
  authLevel: 'function',
  handler: async (request) => ({
    status: 201,
    headers: { 'x-seen': 'yes' },
    jsonBody: { params: request.params, query: request.query.get('q'), body: await request.text() },
  }),
})

app.http('broken', { route: 'broken', authLevel: 'anonymous', handler: () => Promise.reject(new Error('as told')) })
