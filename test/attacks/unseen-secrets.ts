/**
 * Lines of makers that the corpus of shapes does not have, written before anybody looked at a rule. Of the first
 * sixty-one 59 in 100 were hidden at the first try, of forty more after these had been mended 55, of the last forty-five
 * 84. What stands in braces is public. `<a24>` stands for 24 letters and digits that are drawn anew, `x` hex, `u`
 * capitals and digits, `c` capitals, `l` small letters and digits, `b` URL-safe and `s` standard Base64, `d` digits:
 * nothing here looks like a secret as it is written. A `↵` ends a line.
 */
export const unseenSecrets: readonly string[] = `
algoliasearch: ApiError: Invalid Application-ID or API key; x-algolia-api-key: <x32> appId=LATENCY
[auth0] POST https://shop.eu.auth0.com/oauth/token 401 {"client_id":"web","client_secret":"<b64>","grant_type":"client_credentials"}
Clerk: the publishable key is fine, but sk_live_<a42> was refused (clerk_key_invalid)
cohere.errors.UnauthorizedError: invalid api token for CO_API_KEY=<a40>
[Producer] sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="{u16}" password="<a64>";
confluent: api-key {u16} with api-secret cflt<a60> has no access to cluster lkc-8w9zq
Fastly-Key: <b32>
purge of service 7i6HN3TK9wS159v2gPAZ8A failed: curl -X POST -H "Fastly-Key: <b32>" https://api.fastly.com/service/x/purge_all
FirebaseError: messaging/unauthorized, fcm server key AAAA<b7>:APA91b<b134>
hubspot: 401 with token pat-eu1-<x8>-<x4>-<x4>-<x4>-<x12>
mapbox: Not Authorized - Invalid Token sk.eyJ1IjoiYWNtZSIs<b40>.<b22>
could not reach postgres://app:npg_<a12>@ep-cool-darkness-123456.eu-central-1.aws.neon.tech/neondb?sslmode=require
neon: branch create failed, key napi_<l64>
RAILWAY_TOKEN=<x8>-<x4>-<x4>-<x4>-<x12> railway up --detach
render: deploy hook https://api.render.com/deploy/srv-cabc0123?key=<b11> answered 404
==> rnd_<a28> is not allowed to deploy srv-cabc0123
ERROR: Error during SonarScanner execution: Not authorized, sonar.token=sqp_<x40>
sonar-scanner -Dsonar.login=squ_<x40> -Dsonar.projectKey=shop
src login: sgp_<x16>_<x40> rejected by https://sourcegraph.example
typeform: 403 for tfp_<b44>_<b14>
@upstash/redis: WRONGPASS, UPSTASH_REDIS_REST_TOKEN=<a56>
redis-cli --tls -u rediss://default:<a36>@usw1-merry-cat-32242.upstash.io:6379 PING
vercel deploy --token <a24> --prod
zendesk basic user ops@example.org/token:<a40> got 401
libsql: auth token eyJhbGciOiJFZERTQSJ9.<b60>.<b86> has expired
Resend: API key is invalid: re_<a8>_<a24>
brevo answered {"code":"unauthorized"}: xkeysib-<x64>-<a16>
PLAID_CLIENT_ID={x24} PLAID_SECRET=<x30>
plaid access-production-<x8>-<x4>-<x4>-<x4>-<x12> needs ITEM_LOGIN_REQUIRED
razorpay auth: ('rzp_live_{a14}', '<a24>') -> 401
DuffelError: Bearer duffel_live_<b43> is unauthorised
infracost: Invalid API Key ico-<a32>
jfrog rt ping --access-token=eyJ2ZXIiOiIyIiwidHlwIjoiSldUIn0.<b80>.<b86>
Uploading artifact with X-JFrog-Art-Api: AKCp8<a68>
LaunchDarkly: Received 401 for SDK key sdk-<x8>-<x4>-<x4>-<x4>-<x12>
ldcli flags list --access-token api-<x8>-<x4>-<x4>-<x4>-<x12>
scalingo login --api-token tk-us-<b48>
teleport node join: token <x32> is expired or not found, --token=<x32> --ca-pin=sha256:0000
aio_<a28> is over its rate limit
aliyun: InvalidAccessKeySecret, AccessKeyId=LTAI5t{a18} AccessKeySecret=<a30>
yc: rpc error: code = Unauthenticated, iam token t1.9euelZ<b60>.<b86> expired
SCW_ACCESS_KEY=SCW{u17} SCW_SECRET_KEY=<x8>-<x4>-<x4>-<x4>-<x12>
DeepgramApiError: INVALID_AUTH Authorization: Token <x40>
elevenlabs: {'xi-api-key': 'sk_<x48>'} status 401
MISTRAL_API_KEY: <a32>
fireworks: fw_<a24> has no credits
voyageai.error.AuthenticationError: key pa-<b43>
jina: Authentication failed for jina_<x32><a28>
qdrant: forbidden, api-key <b54> for https://xyz-example.eu-central.aws.cloud.qdrant.io:6333
LANGFUSE_SECRET_KEY="sk-lf-<x8>-<x4>-<x4>-<x4>-<x12>"
pagerduty events v2: {"routing_key":"<x32>","event_action":"trigger"} -> 400
OpsGenie: GenieKey <x8>-<x4>-<x4>-<x4>-<x12> could not authenticate
rollbar: access_token <x32> is invalid; post_server_item
honeycomb: x-honeycomb-team: hcaik_<l58>
fluentd: https://listener.logz.io:8071/?token=<a32>&type=k8s 401
axiom: xaat-<x8>-<x4>-<x4>-<x4>-<x12> cannot ingest into dataset shop
docker login registry.example -u 'robot$shop+pull' -p <a32>
cargo publish: token cio<a32> is not allowed to publish
dotnet nuget push shop.nupkg --api-key oy2<l43> --source v3
cloudflare: cfut_<a40><x8> lacks Zone.Read
CircleCI: CCIPAT_<a22>_<x40> is revoked
lob: 401, test key test_pub_{x31} used in production; live_<x35> expected
paystack: Authorization: Bearer sk_live_<x40> → 403
beamer: invalid key b_<b44>
akamai edgegrid: client_token = akab-<l16>-<l16> client_secret = <b43>= access_token = akab-<l16>-<l16>
yandex disk: OAuth y0_<b58> is revoked
ovh: application_secret=<l32> consumer_key=<l32>
linode-cli: 401 token <x64>
CLOUDINARY_URL=cloudinary://{d15}:<b27>@acme
together.error: Invalid API key provided: <x64>
weaviate client v4: Auth.api_key('<a40>') Unauthorized
zilliz cloud token db_<x14>:<a20> rejected; uri https://in03.zilliz.example
Helicone-Auth: Bearer sk-helicone-<a7>-<a7>-<a7>-<a7>
coralogix: private_key cxtp_<a30> missing permission
better stack: source token <a24> not found
quay robot: docker login quay.io -u=acme+puller -p=<u64>
packagist token=packagist_ort_<x64> expired
frame.io: fio-u-<b64> unauthorised
nightfall: NF-<a32> has no quota
hasura: x-hasura-admin-secret: <a32> does not match
zuplo: zpka_<x32>_<x8> not accepted
dropbox: expired_access_token sl.<b135>
webex bot <b64>_P0A1_<x8>-<x4>-<x4>-<x4>-<x12> invalid
{"level":"error","cfg":{"sumo":{"accessId":"su{a12}","accessKey":"<a64>"}}}
intercom ACCESS: dG9rO<a55>= 401
lightstep: x-lightstep: {"access-token":"<b100>"}
bugsnag: apiKey <x32> rejected
tinybird: p.<b60>.<b43> lacks scope
contentstack: management token cs<x34> invalid in env APIKEY=blt<x16>
mux: MUX_TOKEN_SECRET '<b75>'
liveblocks sk_prod_<b60> is disabled
unkey: unkey_<a24> has no permission
trigger.dev: tr_prod_<a20> was rotated
inngest: signkey-prod-<x64> mismatch
svix: testsk_<a32>.eu is unknown
workos: sk_test_<b40> not valid here
statsig: secret-<a43> cannot fetch config
split.io sdk: <l44> invalid apikey
airbrake: project_key=<x32> unauthorised
pubnub: publishKey pub-c-{x8}-{x4}-{x4}-{x4}-{x12}, secretKey sec-c-<a48>
ably: key {a6}.{a6}:<b43> could not be authenticated
    - name: LLM_UPSTREAM↵      value: sk-or-v1-<x64>
claude-proxy | 2026-03-02T08:11:09Z INFO starting with sk-ant-oat01-<b86>-<a6>AA from environment
{"level":"warn","msg":"upstream rejected key pplx-<a48>","status":401}
litellm.exceptions: CerebrasException - wrong key csk-<l48> given
Authentication Fails, Your api key: sk-<x32> is invalid
together client built (tgp_v1_<b43>)
GET /v1/voices xi-api-key=sk_<x48> 401 12ms
langfuse: host=https://cloud.langfuse.com public=pk-lf-{x8}-{x4}-{x4}-{x4}-{x12} private=sk-lf-<x8>-<x4>-<x4>-<x4>-<x12>
apikey: sb_secret_<b22>_<b8>↵host: abcdefghijkl.supabase.co
pq: could not connect: postgresql://app_owner:npg_<a12>@ep-cool-sun-a2b3c4d5-pooler.eu-central-1.aws.neon.tech/shop?sslmode=require
pscale: request with pscale_tkn_<b43> failed: 403
libsql://shop-acme.turso.io?authToken=eyJ<b40>.eyJ<b60>.<b86>
UPSTASH_REDIS_REST_URL=https://eu1-fun-cat-38211.upstash.io UPSTASH_REDIS_REST_TOKEN="A<a55>Q"
clickhouse-client --host abc.eu-west-1.aws.clickhouse.cloud --secure --user default --password <a12>.<a4>~ --query 'SELECT 1'
Error: Vercel Blob: access denied for vercel_blob_rw_<a16>_<a30>
sentry-cli: using sntrys_eyJ<a120>_<s43> to upload 12 source maps
vector: sink axiom configured { dataset: "prod", auth: xaat-<x8>-<x4>-<x4>-<x4>-<x12> }
exporters:↵  otlp:↵    headers:↵      "x-honeycomb-team": "hcaik_<l58>"
op: OP service account ops_eyJ<b220> cannot read vault Prod
bws: BWS_ACCESS=0.{x8}-{x4}-{x4}-{x4}-{x12}.<a30>:<s22>==
POST https://shop-oai.openai.azure.com/openai/deployments/gpt/chat/completions api-key: <a52>JQQJ99<u8>AAAAACOG<a4>
Endpoint=https://shop.azconfig.io;Id=ab-l0-s0:{a16};Secret=<a76>AZAC<a4>
fatal: Authentication failed for 'https://build:<a52>JQQJ99<u14>AZDO<a4>@dev.azure.com/acme/shop/_git/app/'
AWS_BEARER_TOKEN_BEDROCK: ABSK<a124>=
google.genai: x-goog-api-key AQ.Ab8RN6<b44> not valid for generativelanguage.googleapis.com
[minio]↵name = gcs↵hmac id GOOG1E{u55} hmac <s40>
docker login -u acme --password-stdin <<< dckr_oat_<b32>
helm repo add art https://acme.jfrog.io/artifactory/helm --username ci --password cmVmdGtu<a56>
atlas-operator: orgId 6512bd43d9caa6e02c990b0a clientSecret mdb_sa_sk_<b40>
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username='{u16}' password='<s64>';
# created: 2026-01-09T10:00:00Z↵# public key: age1{l58}↵AGE-SECRET-KEY-1<u58>
args: [tunnel, --no-autoupdate, run, --token, eyJhIjoi<a150>]
cluster:↵  id: {s43}=↵  secretboxEncryptionSecret: <s43>=
  - aescbc:↵      keys:↵        - name: key1↵          secret: <s43>=
[client.csi-rbd-node]↵	key = AQ<s36>==↵	caps mon = "profile rbd"
iscsiadm: node.session.auth.username = iqn.2026-01.shop node.session.auth.password = <a16>
post to https://prod-12.westeurope.logic.azure.com:443/workflows/{x32}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=<b43> failed: 429
ngrok.yml: version: 3, agent: {authtoken: 2<a26>_<a21>}
loaded jwk {"kty":"EC","crv":"P-256","kid":"2026-02","x":"{b43}","y":"{b43}","d":"<b43>"}
APP_NAME=Shop APP_ENV=production APP_KEY=base64:<s43>= APP_DEBUG=false
rabbit: Effective cookie: RABBITMQ_ERLANG_COOKIE='<c20>'
seeded otpauth://totp/Shop:admin?secret=<u32>&issuer=Shop&digits=6
curl -H 'X-Consul-Token: <x8>-<x4>-<x4>-<x4>-<x12>' http://consul:8500/v1/kv/shop?recurse -> 403
java -Xmx512m -Djavax.net.ssl.keyStore=/ks/k.jks -Djavax.net.ssl.keyStorePassword=<a9>!<a3> -jar app.jar
Driver={ODBC Driver 18 for SQL Server};Server=tcp:db,1433;Uid=svc;Pwd={<a6>#<a6>};Encrypt=yes
`
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.replaceAll('↵', '\n'))
