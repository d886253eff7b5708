import { expect, test } from 'vitest'
import { createRouter } from '../../../../infra/local/host/routes.ts'

const route = createRouter([
  { methods: ['GET'], template: 'api/incidents/{id}', target: 'one' },
  { methods: ['GET'], template: 'api/incidents', target: 'all' },
  { methods: ['GET'], template: 'api/incidents/{id}/report', target: 'report' },
  { methods: ['GET'], template: 'api/incidents/latest', target: 'latest' },
  { methods: ['POST'], template: 'api/incidents/{id}', target: 'change' },
  { methods: ['GET'], template: 'api/files/{*path}', target: 'file' },
  { methods: ['GET'], template: 'api/health/{what?}', target: 'health' },
])

test.each([
  ['GET', '/api/incidents', 'all', {}],
  ['GET', '/api/incidents/', 'all', {}],
  ['GET', '/API/Incidents/A%2Eb', 'one', { id: 'A.b' }],
  ['GET', '/api/incidents/latest', 'latest', {}],
  ['GET', '/api/incidents/x/report', 'report', { id: 'x' }],
  ['POST', '/api/incidents/x', 'change', { id: 'x' }],
  ['GET', '/api/files/a/b/c', 'file', { path: 'a/b/c' }],
  ['GET', '/api/health', 'health', {}],
  ['GET', '/api/health/deep', 'health', { what: 'deep' }],
])('%s %s goes to %s', (method, path, target, params) => {
  expect(route(method, path)).toEqual({ found: 'match', target, params })
})

test('a known path with another method is no match, like an unknown path', () => {
  expect(route('DELETE', '/api/incidents/x')).toEqual({ found: 'none' })
  expect(route('GET', '/api/incidents/x/report/more')).toEqual({ found: 'none' })
  expect(route('GET', '/')).toEqual({ found: 'none' })
})

test('a route with a constraint, which this host cannot check, is refused at the start', () => {
  expect(() => createRouter([{ methods: ['GET'], template: 'api/{id:int}', target: 0 }])).toThrow('api/{id:int}')
})

test('what encodes no text stays what it is', () => {
  expect(route('GET', '/api/incidents/%E0%A4%A')).toEqual({
    found: 'match',
    target: 'one',
    params: { id: '%E0%A4%A' },
  })
})
