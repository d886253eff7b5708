import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What programs, kubelets and vendors say that sounds like a secret and is none; from public reports. */
const telling = `
code=SELF_SIGNED_CERT_IN_CHAIN
code=UNABLE_TO_VERIFY_LEAF_SIGNATURE reason: certificate
code=ERR_TLS_CERT_ALTNAME_INVALID host=db
Error [ERR_MODULE_NOT_FOUND]: Cannot find package code=ERR_MODULE_NOT_FOUND_IN_GRAPH
rpc error: code=FailedPreconditionOfTransaction desc = not ready
passwordSecret: db-credentials
rootPasswordSecret: mysql-root
passwordKey: password
adminPasswordSecretKey: admin-password
arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db
PASS: 14 tests
pass=3 fail=0
password={{ .Values.db.password }}
token expired at 2026-01-12T09:41:00Z
Access denied for user 'svc'@'10.0.0.4' (using password: YES)
The pods wait for Secret shop/db-token: MountVolume.SetUp failed
Secret shop/api-keys: MountVolume.SetUp failed for volume "keys"
shop/db-password: secret "db-password" not found
Evidence for MissingSecret: 2026-01-12T09:41:00Z Warning FailedMount
The pods wait for Secret portal/shell-api-keys: MountVolume.SetUp failed for volume "v"
MountVolume.SetUp failed for volume "bitwarden-tls-certs" : references non-existent secret key: ca.crt
Error: couldn't find key postgresql-password in Secret test/my-postgresql
Error: couldn't find key network in Secret kube-system/hcloud
Unrecognized token 'local': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
Cannot deserialize value of type \`java.util.ArrayList\` from Object value (token \`JsonToken.START_OBJECT\`)
API token parameter is required
Basic authentication is required
no token available for tenant
AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '4d856d1f-8648-456c-9bb2-f36273bbe4e3'
AADSTS7000222: The provided client secret keys are expired
token_count=42 authorization_status=denied api_key_rotation_state=ready secretary=available
postgresql://kaneo:$(KANEO_POSTGRES_PASSWORD)@db:5432/kaneo
password: \${DB_PASSWORD}
password: <no value>
password: ""
password: null
token: <YOUR_PASSWORD>
Could not load file or assembly 'Newtonsoft.Json, Version=13.0.0.0, Culture=neutral, PublicKeyToken=30ad4fe6b2a6aeed'
lookup honeyJar.atlassian.net on 10.96.0.10:53: no such host
lookup payments-gateway-v2.team-checkout-production.svc.cluster.local: no such host
com.example.authorization.AuthorRepository.findByAuthorAgentId
authorType: user
tokenFile: /var/run/secrets/token
credentialsId: reg-1
[{description,"Run suites"},{vsn,"0.12.1"}]
pulling docker.io/library/nginx:1.27
Mounted /var/run/secrets/kubernetes.io/serviceaccount
using image registry.example:5000/team/app@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
commit 9fceb02d0ae598e95dc970b74767f19372d61af8
x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error")
x509: certificate has expired or is not yet valid: current time 2026-01-12T09:41:00Z is after 2025-12-31T00:00:00Z
trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7
request id 6fa459ea-ee8a-3ca4-894e-db77e160355e took 12ms
SHA256 Fingerprint=AB:CD:EF:01:23:45:67:89
integrity sha512-abcdefghijklmnopqrstuvwxyz==
pod web-7d9f8b6c5d-x2x9z in namespace shop restarted 4 times
secret "api-credentials" not found
secrets "db-auth" is forbidden: User "system:serviceaccount:shop:web" cannot get resource "secrets"
failed to sync secret cache: timed out waiting for the condition
Failed to pull image "registry.example/app:v3": unauthorized: authentication required
pull access denied, repository does not exist or may require authorization
error: x-api-key header is missing
redis: WRONGPASS invalid username-password pair or user is disabled
FATAL: password authentication failed for user "kaneo"
NOAUTH Authentication required
The token is invalid or has been revoked
session expired, signing in again
mkdir -p /var/lib/x && run --pass-through=true -p 8080 -u 1000:1000
mysql -uroot -h db -e "select 1"
keepalive=30s key=cache:user:42 value=17
primary_key=id foreign_key=order_id sort_key=createdAt
partition key: orders-2026 range key: created
public key algorithm: rsaEncryption
Successfully assigned shop/web-1 to node-a
level=info msg="listening" addr=:8080 auth=disabled
loaded 14 secrets from /etc/secrets, 3 tokens, 2 credentials
Creating secret shop/web-tls with keys tls.crt, tls.key
rotating token for service account web (ttl 3600s)
audience: https://kubernetes.default.svc
--tls-private-key-file=/etc/tls/tls.key --token-ttl=3600
secretKeyRef: name=db-credentials key=password
envFrom secretRef web-env not found
Set-Cookie header was ignored
Authorization: required
cookie domain mismatch
MissingSecret: Deployment/shop/web needs Secret shop/db-auth
Deployment shop/web: CreateContainerConfigError since 09:41
GET /apis/apps/v1/namespaces/shop/deployments/web 404
https://github.com/org/app/commit/9fceb02d0ae598e95dc970b74767f19372d61af8
https://admin@registry.example/v2/
Exception in thread "main" org.springframework.security.authentication.BadCredentialsException: Bad credentials
Caused by: java.security.UnrecoverableKeyException: Cannot recover key
at com.zaxxer.hikari.pool.HikariPool.throwPoolInitializationException(HikariPool.java:596)
wss://stream.example/v1/events closed 1006
SCRAM-SHA-256 authentication failed
ImagePullBackOff: Back-off pulling image "app:v1"
`
  .trim()
  .split('\n')

const root = join(import.meta.dirname, '../scenarios')
/** Logs and messages of the clusters in the scenarios, without the lines in which a secret is planted. */
function told(): readonly string[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  return files.flatMap((file) => {
    if (!/\.log$|cluster\.yaml$/.test(file)) return []
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    return file.endsWith('.log') ? lines : lines.flatMap((line) => /^\s*message: (.{20,400})$/.exec(line)?.[1] ?? [])
  })
}

/** Parts that each program fills anew, so that one sentence counts once. */
const form = (line: string) => line.replace(/\d+/g, '0')
const MOST = 900
export const normalLines: readonly string[] = [
  ...telling,
  ...new Map(
    told()
      .filter((line) => line.length > 15 && !line.includes('canary'))
      .map((line) => [form(line), line]),
  ).values(),
].slice(0, MOST)
