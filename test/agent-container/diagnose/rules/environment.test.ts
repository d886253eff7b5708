import { expect, test } from 'vitest'
import { variableIn } from '../../../../agent-container/diagnose/rules/environment.ts'

test.each([
  ['FATAL: required environment variable DEPLOY_ENV is not set', 'DEPLOY_ENV'],
  ["KeyError: 'DATABASE_URL'", 'DATABASE_URL'],
  ['panic: missing required env var: API_KEY', 'API_KEY'],
  ['./run.sh: line 3: S3_BUCKET: unbound variable', 'S3_BUCKET'],
  ['Error: JWT_SECRET must be set', 'JWT_SECRET'],
  ['"REDIS_URL" is required', 'REDIS_URL'],
  ["Could not resolve placeholder 'SPRING_DATASOURCE_URL' in value", 'SPRING_DATASOURCE_URL'],
  ['config error: $QUEUE_NAME is undefined', 'QUEUE_NAME'],
])('%s', (line, name) => {
  expect(variableIn(line)).toBe(name)
})
test.each([
  'ERROR connection refused',
  'HTTP 500 from upstream',
  'FATAL: database is not ready',
  'environment is production',
  'GET /missing HTTP/1.1 404',
])('no variable is missing in: %s', (line) => {
  expect(variableIn(line)).toBeUndefined()
})
