import { expect, onTestFinished, test, vi } from 'vitest'
import { ownLogin } from '../../../shared/azure/credential.ts'
import { loopbackServer } from '../../fakes/loopback-server.ts'

const SCOPE = 'https://management.azure.com/.default'
const failureOf = async (environment: Record<string, string>): Promise<string> => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  return ownLogin(environment)
    .getToken(SCOPE)
    .then(
      (token) => token?.token ?? '',
      (error: unknown) => String(error),
    )
}

test('a pod with a workload identity uses that alone', async () => {
  const said = await failureOf({ AZURE_FEDERATED_TOKEN_FILE: '/nowhere/token', AZURE_CLIENT_ID: 'someone' })
  expect(said).toContain('WorkloadIdentityCredential')
  expect(said).not.toContain('AzureCliCredential')
})

test('where Azure gives an identity, it is asked there', async () => {
  const expires = Math.floor(Date.now() / 1000) + 3600
  const service = await loopbackServer(({ headers, query }) =>
    headers['x-identity-header'] === 'the header' && query.get('resource') === 'https://management.azure.com'
      ? { status: 200, body: { access_token: 'given-by-azure', expires_on: String(expires), token_type: 'Bearer' } }
      : { status: 400 },
  )
  onTestFinished(service.stop)
  expect(await failureOf({ IDENTITY_ENDPOINT: `${service.url}/token`, IDENTITY_HEADER: 'the header' })).toBe(
    'given-by-azure',
  )
})

test('on a desk whoever is logged in is asked for', async () => {
  const said = await failureOf({ PATH: '/nowhere' })
  expect(said).toContain('Azure CLI could not be found')
  expect(said).toContain('Azure Developer CLI')
})
