/** What is done with a field: the same as kubectl does, refused with a sentence, or left out of account. */
export type FieldRule = {
  readonly place: 'file' | 'context' | 'cluster' | 'user' | 'exec' | 'auth-provider'
  readonly field: string
  readonly does: 'honoured' | 'refused' | 'ignored'
  readonly words: string
}

const rule =
  (place: FieldRule['place'], does: FieldRule['does']) =>
  (field: string, words: string): FieldRule => ({
    place,
    field,
    does,
    words,
  })
const file = rule('file', 'honoured')
const context = rule('context', 'honoured')
const cluster = rule('cluster', 'honoured')
const user = rule('user', 'honoured')
const exec = rule('exec', 'honoured')

/**
 * Every field that kubectl's own library knows:
 * https://github.com/kubernetes/client-go/blob/v0.34.0/tools/clientcmd/api/v1/types.go
 */
export const fieldRules: readonly FieldRule[] = [
  file('clusters', 'of several files the first entry of a name counts; a name twice in one file is refused'),
  file('users', 'likewise'),
  file('contexts', 'each is a cluster of the server'),
  file('current-context', 'the cluster of reading calls that name none, where one kubeconfig is the only source'),
  rule('file', 'ignored')('preferences', 'colours of kubectl'),
  rule('file', 'ignored')('extensions', 'other programs’ notes'),
  context('cluster', 'must be among the clusters'),
  context('user', 'absent: without a credential, as kubectl does; a name that is not there is refused'),
  context('namespace', 'where an object lies that is named without one'),
  rule('context', 'ignored')('extensions', 'other programs’ notes'),
  cluster('server', 'https, with a path before it if need be; plain http on this machine only'),
  cluster('tls-server-name', 'the name that is asked for and checked, also for commands in pods'),
  cluster('insecure-skip-tls-verify', 'the certificate is not checked; together with a certificate authority refused'),
  cluster('certificate-authority', 'a path from the folder of the file; together with its data refused'),
  cluster('certificate-authority-data', 'one or several certificates, text between them allowed'),
  cluster('proxy-url', 'http, https or socks5; wins over HTTPS_PROXY and NO_PROXY'),
  cluster('disable-compression', 'nothing is ever asked for in compressed form'),
  cluster('extensions', 'that of client.authentication.k8s.io/exec is told to the login program'),
  user('client-certificate', 'a path from the folder of the file; together with its data, or without a key, refused'),
  user('client-certificate-data', 'as above'),
  user('client-key', 'as above'),
  user('client-key-data', 'as above'),
  user('token', 'together with username and password refused'),
  user('tokenFile', 'wins over token; read again when the API refuses what stood in it'),
  user('as', 'sent as Impersonate-User, and told in clusters_list'),
  user('as-uid', 'sent as Impersonate-Uid; without as refused'),
  user('as-groups', 'each sent as Impersonate-Group; without as refused'),
  user('as-user-extra', 'each sent as Impersonate-Extra-…; without as refused'),
  user('username', 'with password as Basic'),
  user('password', 'with username as Basic'),
  user('auth-provider', 'only oidc; together with exec refused'),
  user('exec', 'only with --allow-exec; not run where a token, password or certificate stands beside it'),
  rule('user', 'ignored')('extensions', 'other programs’ notes'),
  exec('command', 'a name is looked for in PATH, a relative path counts from the folder of the file; no shell'),
  exec('args', 'as they are'),
  exec('env', 'beside the environment of this process'),
  exec('apiVersion', 'client.authentication.k8s.io/v1 or v1beta1; what the program gives must be of the same'),
  exec('installHint', 'told when the program cannot be started'),
  exec('provideClusterInfo', 'the cluster is told in KUBERNETES_EXEC_INFO'),
  exec('interactiveMode', 'the program never has a terminal: Always is refused before it is run'),
  rule('auth-provider', 'honoured')(
    'name',
    'oidc; gcp, azure and others are refused: kubectl has none of them any more',
  ),
  rule('auth-provider', 'honoured')(
    'config',
    'id-token, until it runs out. It is never renewed here, since a refresh token that is used twice ends the login of its owner',
  ),
]
