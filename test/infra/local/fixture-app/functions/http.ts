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

app.http('rest', {
  route: 'rest/{*path}',
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: async (request) => ({
    jsonBody: { params: request.params, query: Object.fromEntries(request.query), body: await request.text() },
  }),
})

app.http('odd', {
  route: 'odd/{what}',
  authLevel: 'anonymous',
  handler: ({ params: { what } }) => {
    if (what === 'no-content') return { status: 204, body: 'and yet a body' }
    if (what === 'exit') setTimeout(() => process.exit(0), 50)
    return { cookies: [{ name: 'seen', value: 'yes' }] }
  },
})
