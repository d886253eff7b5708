/**
 * Lines of makers that the corpus of shapes does not have, written before anybody looked at a rule: sixty-one, of which
 * 59 in 100 were hidden at the first try, and forty more after the first had been mended: 55 in 100. What stands in
 * braces is public. `<a24>` stands for 24 letters and digits that are drawn anew, `x` hex, `u` capitals and digits,
 * `l` small letters and digits, `b` URL-safe Base64, `d` digits: nothing here looks like a secret as it is written.
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
`
  .split('\n')
  .filter((line) => line !== '')
