import { z } from 'zod'

/** Who a kubeconfig's user is, and how that is proved: files are read and in place by now. */
const text = z.string().min(1).nullish().catch(undefined)
const names = z.array(z.string()).nullish().catch(undefined)
export const ExecConfig = z.looseObject({
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string().min(1), value: z.string().nullish() })).nullish(),
  apiVersion: text,
  installHint: text,
  provideClusterInfo: z.boolean().nullish().catch(undefined),
  interactiveMode: text,
})
export type ExecConfig = z.infer<typeof ExecConfig>
export const KubeconfigUser = z.looseObject({
  token: text,
  username: text,
  password: text,
  'client-certificate-data': text,
  'client-key-data': text,
  as: text,
  'as-uid': text,
  'as-groups': names,
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish().catch(undefined),
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
})
export type KubeconfigUser = z.infer<typeof KubeconfigUser>
export const AuthProvider = z.looseObject({
  name: z.string(),
  config: z.record(z.string(), z.string()).nullish().catch(undefined),
})
export const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

type Fields = Readonly<Record<string, unknown>>
const given = (of: Fields, key: string): boolean => {
  const value = of[key]
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
}

/** True where a login program or provider is what the API is shown: as in client-go, what stands beside it wins. */
export const asksProgram = (of: Fields): boolean =>
  given(of, 'exec') &&
  !['token', 'tokenFile', 'username', 'client-certificate', 'client-certificate-data'].some((key) => given(of, key))

/** Why kubectl would refuse this user, too, or why it cannot be used here; `undefined` when it can. */
export function userFault(of: Fields, allowExec: boolean): string | undefined {
  const [certificate, key] = ['client-certificate', 'client-key'].map(
    (one) => given(of, one) || given(of, `${one}-data`),
  )
  for (const one of ['client-certificate', 'client-key'])
    if (given(of, one) && given(of, `${one}-data`)) return `has both ${one} and ${one}-data. Keep one of them`
  if (certificate && !key) return 'has a client-certificate and no client-key. Add its key'
  if ((given(of, 'token') || given(of, 'tokenFile')) && given(of, 'username'))
    return 'has a token and a password. Keep one of them'
  const whose = ['as-uid', 'as-groups', 'as-user-extra'].filter((one) => given(of, one))
  if (whose.length > 0 && !given(of, 'as'))
    return `has ${whose.join(' and ')} without as, so nobody can say who it acts as. Add as, or take that out`
  for (const [field, form] of [
    ['as-groups', names],
    ['as-user-extra', KubeconfigUser.shape['as-user-extra']],
  ] as const)
    if (given(of, field) && form.parse(of[field]) === undefined) return `has an ${field} that is no list of texts`
  if (given(of, 'exec') && given(of, 'auth-provider')) return 'has both exec and auth-provider. Keep one of them'
  if (given(of, 'auth-provider')) return providerFault(of['auth-provider'])
  return given(of, 'exec') && asksProgram(of) ? execFault(of.exec, allowExec) : undefined
}

function providerFault(provider: unknown): string | undefined {
  const parsed = AuthProvider.safeParse(provider)
  if (!parsed.success) return 'has an auth-provider without a name'
  const { name, config } = parsed.data
  if (name !== 'oidc')
    return `logs in through the auth-provider ${name.slice(0, 40)}, which kubectl itself no longer has. Use its login program (exec)`
  return config?.['id-token'] ? undefined : 'logs in through oidc and has no id-token. Log in once with its own program'
}

function execFault(exec: unknown, allowExec: boolean): string | undefined {
  const parsed = ExecConfig.safeParse(exec)
  if (!parsed.success) return 'has an exec without a command'
  const { command, apiVersion, interactiveMode } = parsed.data
  const program = command.split('/').at(-1) ?? command
  if (!allowExec)
    return `runs a program to log in (${program.slice(0, 60)}), which is refused. On your own machine --allow-exec lets nightcrier-mcp run it; else use a service account's token (nightcrier onboard makes one) or a client certificate`
  if (!apiVersion || !API_VERSIONS.includes(apiVersion))
    return `has an exec whose apiVersion is not one of ${API_VERSIONS.join(', ')}. Renew the kubeconfig with its own program`
  if (apiVersion === API_VERSIONS[0] && !interactiveMode)
    return `has an exec of ${apiVersion} without interactiveMode, which that version asks for. Add interactiveMode: IfAvailable`
  if (interactiveMode === 'Always')
    return `logs in with ${program.slice(0, 60)}, which needs a terminal (interactiveMode: Always). Log in once by hand, or use another credential`
  return undefined
}

/** Why kubectl would refuse this cluster, too. */
export function clusterFault(of: Fields): string | undefined {
  const ca = ['certificate-authority', 'certificate-authority-data'].filter((one) => given(of, one))
  if (ca.length > 1) return 'has both certificate-authority and certificate-authority-data. Keep one of them'
  if (ca.length > 0 && of['insecure-skip-tls-verify'] === true)
    return 'has a certificate authority and insecure-skip-tls-verify, of which only one can be meant. Take one out'
  const proxy = of['proxy-url']
  if (
    given(of, 'proxy-url') &&
    !(typeof proxy === 'string' && /^(https?|socks5):$/.test(URL.parse(proxy)?.protocol ?? ''))
  )
    return 'has a proxy-url that is no http://, https:// or socks5:// address'
  return undefined
}

/** The headers by which one asks to be another. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
export function impersonation(user: KubeconfigUser): Readonly<Record<string, string | string[]>> {
  if (!user.as) return {}
  const groups = user['as-groups'] ?? []
  const extra = Object.entries(user['as-user-extra'] ?? {}).map(
    ([key, values]) => [`impersonate-extra-${headerKey(key)}`, values] as const,
  )
  return {
    'impersonate-user': user.as,
    ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
    ...(groups.length > 0 ? { 'impersonate-group': groups } : {}),
    ...Object.fromEntries(extra.filter(([, values]) => values.length > 0)),
  }
}

/** As client-go escapes it: percent signs and what no header name may hold. */
const headerKey = (key: string): string =>
  [...Buffer.from(key.toLowerCase())]
    .map((byte) => {
      const one = String.fromCharCode(byte)
      return /[a-z0-9!#$&'*+.^_`|~-]/.test(one) ? one : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`
    })
    .join('')
