import { tokenFor } from './entra.ts'
import { type LoopbackServer, loopbackServer } from './loopback-server.ts'

const TENANT = '11111111-2222-3333-4444-555555555555'
const refused = (status: number, code: string, message: string) => ({ status, body: { error: { code, message } } })

export type KeyVaultFake = LoopbackServer & {
  readonly origin: string
  readonly set: (name: string, value: string) => void
  /** The app's identity has no role here. */
  deny: boolean
  /** It has had too much, so many times more. */
  busy: number
  /** It trusts another tenant than the token is of. */
  foreign: boolean
}

/** Key Vault's REST API as far as secrets go: the challenge, the bearer token, versions in ids, its words for refusals. */
export async function startKeyVault(origin = 'https://nightcrier-test.vault.azure.net'): Promise<KeyVaultFake> {
  const secrets = new Map<string, { readonly value: string; readonly version: string }>()
  let versions = 0
  /** Each cloud's vaults want tokens for that cloud's. */
  const resource = `https://${new URL(origin).host.replace(/^[^.]+\./, '')}`
  const server = await loopbackServer(({ method, path, headers, body }) => {
    if (headers.authorization !== `Bearer ${tokenFor(`${resource}/.default`)}`)
      return {
        ...refused(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.'),
        headers: {
          'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="${resource}"`,
        },
      }
    if (fake.busy > 0) {
      fake.busy -= 1
      return {
        ...refused(429, 'Throttled', 'Request was not processed because too many requests were received.'),
        headers: { 'retry-after-ms': '1' },
      }
    }
    if (fake.foreign)
      return refused(
        401,
        'Unauthorized',
        'AKV10032: Invalid issuer. Expected one of https://sts.windows.net/TENANT-A/, found https://sts.windows.net/TENANT-B/.',
      )
    if (fake.deny) return refused(403, 'Forbidden', 'Caller is not authorized to perform action on resource.')
    const [, , name = ''] = /^\/(secrets)\/([\w-]+)\/?$/.exec(path) ?? []
    if (method === 'PUT' && name !== '') fake.set(name, JSON.parse(body).value)
    const secret = secrets.get(name)
    if (!['GET', 'PUT'].includes(method) || secret === undefined)
      return refused(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found in this key vault.`)
    const id = `${origin}/secrets/${name}/${secret.version}`
    return { status: 200, body: { value: secret.value, id, attributes: { enabled: true, created: 1, updated: 1 } } }
  })
  const fake: KeyVaultFake = {
    ...server,
    origin,
    deny: false,
    busy: 0,
    foreign: false,
    set: (name, value) => {
      versions += 1
      secrets.set(name, { value, version: versions.toString(16).padStart(32, '0') })
    },
  }
  return fake
}
