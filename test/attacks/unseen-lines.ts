/** Lines as programs of many makers write them, gathered before anybody looked at a rule; none holds a secret. */
export const unseenLines: readonly string[] = String.raw`
2026/03/04 10:12:44 [error] 31#31: *1042 connect() failed (111: Connection refused) while connecting to upstream, client: 10.244.1.7, server: _, request: "GET /login?next=%2Faccount HTTP/1.1", upstream: "http://10.96.12.9:8080/login?next=%2Faccount"
nginx: [emerg] cannot load certificate key "/etc/nginx/tls/tls.key": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory)
2026-03-04 10:12:44.120 UTC [71] FATAL:  password authentication failed for user "orders"
2026-03-04 10:12:44.120 UTC [71] DETAIL:  Connection matched file "/var/lib/postgresql/data/pg_hba.conf" line 100: "host all all all scram-sha-256"
2026-03-04 10:12:44.900 UTC [1] LOG:  starting PostgreSQL 16.2 (Debian 16.2-1.pgdg120+2) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit
ERROR:  duplicate key value violates unique constraint "users_api_token_key"
ERROR:  null value in column "password_hash" of relation "users" violates not-null constraint
ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: NO)
2026-03-04T10:12:44.331Z 0 [Warning] [MY-010068] [Server] CA certificate ca.pem is self signed.
2026-03-04T10:12:44.331Z 6 [Note] [MY-013932] [Server] BINLOG_GTID_EVENT: 3E11FA47-71CA-11E1-9E33-C80AA9429562:23
1:M 04 Mar 2026 10:12:44.120 # Warning: Could not create server TCP listening socket ::1:6379: bind: Cannot assign requested address
WRONGPASS invalid username-password pair or user is disabled.
NOAUTH Authentication required.
[2026-03-04 10:12:44,120] ERROR [KafkaServer id=1] Fatal error during KafkaServer startup. Prepare to shutdown (kafka.server.KafkaServer)
org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
[Consumer clientId=consumer-orders-1, groupId=orders] Resetting generation and member id due to: encountered REBALANCE_IN_PROGRESS from SYNC_GROUP response
[2026-03-04 10:12:44,120] INFO Cluster ID: lkc-4xq7k2M8TkqmRUe2r1P9aQ (org.apache.kafka.clients.Metadata)
{"type":"server","timestamp":"2026-03-04T10:12:44,120Z","level":"ERROR","component":"o.e.x.s.t.n.SecurityNetty4HttpServerTransport","cluster.name":"logs","message":"Authentication to realm default_native failed - Password authentication failed for elastic"}
master not discovered yet: have discovered [{es-0}{Zt8xq1n2TfCkqVwLr0pY3A}{hN2bXkqRSe6b1oQZ7mWcVg}{10.244.2.9}{10.244.2.9:9300}{cdfhilmrstw}]
{"level":"warn","ts":"2026-03-04T10:12:44.120Z","caller":"etcdserver/util.go:170","msg":"apply request took too long","took":"1.203s","expected-duration":"100ms","prefix":"read-only range ","request":"key:\"/registry/secrets/shop/\" range_end:\"/registry/secrets/shop0\" "}
{"level":"info","msg":"raft.node: 8e9e05c52164694d elected leader 8e9e05c52164694d at term 3"}
E0304 10:12:44.120114       1 authentication.go:73] "Unable to authenticate the request" err="[invalid bearer token, service account token has expired]"
E0304 10:12:44.120114       1 leaderelection.go:332] error retrieving resource lock kube-system/kube-scheduler: leases.coordination.k8s.io "kube-scheduler" is forbidden: User "system:kube-scheduler" cannot get resource "leases"
W0304 10:12:44.120114   12 reflector.go:539] vendor/k8s.io/client-go/informers/factory.go:159: failed to list *v1.Secret: secrets is forbidden: User "system:serviceaccount:shop:api" cannot list resource "secrets" in API group "" at the cluster scope
E0304 10:12:44.120114    2211 pod_workers.go:1298] "Error syncing pod, skipping" err="failed to \"StartContainer\" for \"api\" with CreateContainerConfigError: \"secret \\\"api-credentials\\\" not found\"" pod="shop/api-6c9f7b5d8d-x2x9k" podUID="0a4fd6c2-7f44-4c84-a8b3-5d1f5c0b2c77"
I0304 10:12:44.120114    2211 reconciler_common.go:258] "operationExecutor.VerifyControllerAttachedVolume started for volume \"kube-api-access-9m4qz\" (UniqueName: \"kubernetes.io/projected/0a4fd6c2-7f44-4c84-a8b3-5d1f5c0b2c77-kube-api-access-9m4qz\")"
MountVolume.SetUp failed for volume "webhook-cert" : secret "admission-webhook-server-cert" not found
couldn't find key STRIPE_SECRET_KEY in Secret shop/payments
Error: secret key DB_PASSWORD not found in secret shop/db-auth
FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.
Failed to pull image "ghcr.io/acme/api@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1": unauthorized: authentication required
[ERROR] plugin/errors: 2 redis.shop.svc.cluster.local.eu-west-1.compute.internal. AAAA: read udp 10.244.0.4:38171->169.254.20.10:53: i/o timeout
level=warning msg="Failed to update CiliumEndpoint" containerID=3f1b9c0d7a containerInterface=eth0 datapathPolicyRevision=11 desiredPolicyRevision=11 endpointID=1733 identity=20432 k8sPodName=shop/api-6c9f7b5d8d-x2x9k subsys=endpointsynchronizer
2026-03-04 10:12:44.120 [WARNING][68] felix/health.go 212: Reporter is not ready: name="int_dataplane"
[2026-03-04T10:12:44.120Z] "POST /api/v1/token HTTP/2" 503 UC upstream_reset_before_response_started{connection_termination} - "-" 812 95 12 - "10.244.1.1" "okhttp/4.12.0" "b5a8f1b4-0d4f-9a1c-8f5e-2f1d0f2a9b11" "auth.shop:8080" "10.244.3.5:8080"
2026-03-04T10:12:44.120114Z	error	cache	resource:default failed to sign: error getting secret: could not fetch token from file: open /var/run/secrets/tokens/istio-token: no such file or directory
[     0.002131s] ERROR ThreadId(01) linkerd_app: Could not start identity; failed to read token error=No such file or directory
time="2026-03-04T10:12:44Z" level=error msg="finished unary call with code Unauthenticated" error="rpc error: code = Unauthenticated desc = invalid session: token has invalid claims: token is expired" grpc.code=Unauthenticated grpc.method=Get grpc.service=session.SessionService
ComparisonError: Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = authentication required: Repository not found.
{"level":"error","ts":"2026-03-04T10:12:44.120Z","msg":"Reconciler error","controller":"kustomization","error":"decryption failed for 'Secret/shop/db': cannot get sops data key: error decrypting key: no identity matched any of the recipients","reconcileID":"7ab2b2f5-0f0c-4fae-b3b9-18b0b79d3ef0"}
artifact revision 'main@sha1:9f2c1b7a4d3e8c6b5a0f1e2d3c4b5a6978877665' from GitRepository/flux-system/apps
E0304 10:12:44.120114 1 controller.go:167] cert-manager/challenges "msg"="re-queuing item due to error processing" "error"="error getting route53 secret key: secrets \"route53-credentials-secret\" not found" "key"="shop/shop-tls-1-3289463321-1298346412"
Issuing certificate as Secret does not contain a private key
Stored new private key in temporary Secret resource "shop-tls-q8d7z"
acme: authorization error for shop.example.org: 403 urn:ietf:params:acme:error:unauthorized: Invalid response from http://shop.example.org/.well-known/acme-challenge/: 404
time="2026-03-04T10:12:44Z" level=fatal msg="failed to sync *v1.Ingress: context deadline exceeded with timeout 1m0s"
Error making API request. URL: PUT https://vault.shop:8200/v1/auth/kubernetes/login Code: 403. Errors: * permission denied
2026-03-04T10:12:44.120Z [ERROR] auth.handler: error authenticating: error="error reading jwt from /var/run/secrets/kubernetes.io/serviceaccount/token: permission denied" backoff=1m4.5s
core: vault is sealed: unseal_key_shares=5 threshold=3 progress=0 nonce=""
agent: Coordinate update blocked by ACLs: accessorID="anonymous token"
ts=2026-03-04T10:12:44.120Z caller=notify.go:745 level=warn component=dispatcher receiver=team-x/slack integration=slack[0] msg="Notify attempt failed, will retry later" attempts=1 err="channel \"#alerts\": unexpected status code 404: no_service"
ts=2026-03-04T10:12:44.120Z caller=main.go:1290 level=error msg="Failed to apply configuration" err="unable to read basic_auth password_file /etc/prom/pass: open /etc/prom/pass: no such file or directory"
logger=authn.service t=2026-03-04T10:12:44.120Z level=warn msg="Failed to authenticate request" client=auth.client.session error="user token not found"
level=error ts=2026-03-04T10:12:44.120Z caller=flush.go:143 org_id=fake msg="failed to flush" err="failed to flush chunks: store put chunk: InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.\n\tstatus code: 403, request id: 17B4C1F22D9A3F4E, host id: dd9025bab4ad464b049177c95eb6ebf3"
[2026/03/04 10:12:44] [error] [output:es:es.0] HTTP status=401 URI=/_bulk, response: {"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_bulk]"}]}}
2026-03-04T10:12:44.120114Z ERROR sink{component_id=s3 component_kind="sink"}: vector::topology::builder: msg="Healthcheck failed." error=Invalid credentials
error	exporterhelper/queue_sender.go:101	Exporting failed. Dropping data.	{"kind": "exporter", "data_type": "traces", "name": "otlp", "error": "not retryable error: Permanent error: rpc error: code = Unauthenticated desc = missing or malformed api key", "dropped_items": 512}
2026-03-04 10:12:44.120114+00:00 [error] <0.761.0> PLAIN login refused: user 'orders' - invalid credentials
[1] 2026/03/04 10:12:44.120114 [ERR] 10.244.1.9:50412 - cid:77 - "v2.39.0:go" - authentication error - Nkey "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
{"t":{"$date":"2026-03-04T10:12:44.120+00:00"},"s":"I","c":"ACCESS","id":20249,"ctx":"conn41","msg":"Authentication failed","attr":{"mechanism":"SCRAM-SHA-256","principalName":"orders","authenticationDatabase":"admin","remote":"10.244.1.9:39112","result":"UserNotFound: Could not find user \"orders\" for db \"admin\""}}
MongoServerSelectionError: connect ECONNREFUSED 10.96.3.3:27017 topology: { type: 'ReplicaSetNoPrimary', setName: 'rs0', maxElectionId: 7fffffff0000000000000012 }
ERROR [main] 2026-03-04 10:12:44,120 CassandraDaemon.java:897 - Fatal configuration error; unable to start server. org.apache.cassandra.exceptions.ConfigurationException: Token 4611686018427387904 is already owned by /10.244.2.2:7000
org.springframework.beans.factory.UnsatisfiedDependencyException: Error creating bean with name 'jwtAuthenticationFilter' defined in file [/app/classes/com/acme/security/JwtAuthenticationFilter.class]: Unsatisfied dependency expressed through constructor parameter 0
Could not resolve placeholder 'app.jwt.secret' in value "$ {app.jwt.secret}"
java.lang.IllegalArgumentException: Secret key byte array cannot be null or empty.
io.jsonwebtoken.security.WeakKeyException: The specified key byte array is 88 bits which is not secure enough for any JWT HMAC-SHA algorithm.
com.zaxxer.hikari.pool.HikariPool$PoolInitializationException: Failed to initialize pool: FATAL: password authentication failed for user "billing"
Using generated security password for development is disabled; set spring.security.user.password
2026-03-04T10:12:44.120Z  WARN 1 --- [nio-8080-exec-3] o.s.s.o.server.resource.web.BearerTokenAuthenticationFilter : Failed to process authentication request
Caused by: java.net.UnknownHostException: config-server.platform.svc.cluster.local: Name or service not known
java.lang.OutOfMemoryError: Java heap space Dumping heap to java_pid1.hprof ...
	at com.acme.auth.TokenRefreshScheduler$$EnhancerBySpringCGLIB$$3f5a1c7e.refreshAccessToken(TokenRefreshScheduler.java:118)
	at org.hibernate.engine.jdbc.connections.internal.DriverManagerConnectionProviderImpl$PooledConnections$Builder.build(DriverManagerConnectionProviderImpl.java:397)
Unhandled exception. System.ArgumentNullException: Value cannot be null. (Parameter 'connectionString')
Microsoft.Data.SqlClient.SqlException (0x80131904): Login failed for user 'sa'. ClientConnectionId:6b3f8e0a-4e7f-4a0c-8b3c-0ac1f5d2c9de Error Number:18456,State:1,Class:14
System.Security.Cryptography.CryptographicException: The key {3a5c1d7e-8b2f-4c6d-9e0a-1b2c3d4e5f60} was not found in the key ring.
Microsoft.IdentityModel.Tokens.SecurityTokenSignatureKeyNotFoundException: IDX10503: Signature validation failed. Token does not have a kid. Keys tried: 'System.Text.StringBuilder'.
django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.
django.db.utils.OperationalError: connection to server at "db" (10.96.8.8), port 5432 failed: FATAL:  role "app" does not exist
KeyError: 'AWS_SECRET_ACCESS_KEY'
pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings database_password Field required [type=missing, input_value={'debug': 'false'}, input_type=dict]
[2026-03-04 10:12:44 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:11)
[2026-03-04 10:12:44,120: ERROR/MainProcess] consumer: Cannot connect to amqp://orders:**@rabbitmq:5672//: [Errno 111] Connection refused.
celery.exceptions.NotRegistered: 'billing.tasks.rotate_api_keys'
ArgumentError: Missing "secret_key_base" for 'production' environment, set this string with "bin/rails credentials:edit"
ActiveSupport::MessageEncryptor::InvalidMessage: ActiveSupport::MessageEncryptor::InvalidMessage
ActionController::InvalidAuthenticityToken (Can't verify CSRF token authenticity.):
pid=7 tid=ov1x class=PasswordResetJob jid=5f2c7e9a1b3d4f6e8a0c2b4d elapsed=0.12 INFO: done
PHP Fatal error:  Uncaught Illuminate\Encryption\MissingAppKeyException: No application encryption key has been specified. in /app/vendor/laravel/framework/src/Illuminate/Encryption/EncryptionServiceProvider.php:79
SQLSTATE[HY000] [1045] Access denied for user 'app'@'10.244.1.9' (using password: YES)
Error: Cannot find module '@acme/token-service'
JsonWebTokenError: secretOrPrivateKey must have a value
TokenExpiredError: jwt expired { expiredAt: 2026-03-04T10:12:44.000Z }
UnauthorizedError: No authorization token was found
Error: Missing API key. Pass it to the constructor
TypeError: Cannot read properties of undefined (reading 'accessToken') at AuthProvider (/app/.next/server/chunks/7f3a9c1e.js:1:28471)
error - unhandledRejection: Error [ERR_OSSL_UNSUPPORTED]: error:0308010C:digital envelope routines::unsupported
npm ERR! code EINTEGRITY sha512-z6Kqf3m8UuOaJt1yU0K0Y4b4w1V1aN2x5cZ5QmB9gq2yJx4u0wZ8b3p5n7s1d6f9g2h4j6k8l0m2n4p6q8r0sw== integrity checksum failed
npm ERR! 401 Unauthorized - GET https://npm.pkg.github.com/@acme%2fui - authentication token not provided
fatal: could not read Username for 'https://github.com': terminal prompts disabled
HEAD detached at 9f2c1b7
panic: runtime error: invalid memory address or nil pointer dereference [signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x7b2f3a]
goroutine 1 [running]: github.com/acme/shop/internal/auth.(*TokenSource).Refresh(0xc0001a4000, {0xc00003e1e0, 0x24})
thread 'main' panicked at src/config.rs:41:10: missing env DATABASE_PASSWORD: NotPresent
Error: pulling secret "projects/812345678901/secrets/db-pass/versions/latest": rpc error: code = PermissionDenied desc = Permission 'secretmanager.versions.access' denied
ResourceNotFoundException: Secrets Manager can't find the specified secret.
AccessDenied: User: arn:aws:sts::111122223333:assumed-role/eksctl-shop-NodeInstanceRole-1ABCDEFGHIJKL/i-0abcd1234ef567890 is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf
ExpiredToken: The security token included in the request is expired status code: 403, request id: 5c8e2b1d-7f3a-4e6c-9b0d-1a2f3e4d5c6b
InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/9A8B7C6D5E4F3A2B1C0D9E8F7A6B5C4D
WebIdentityErr: failed to retrieve credentials caused by: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity
AttachVolume.Attach failed for volume "pvc-2b7f3c1a-9d8e-4f6a-b5c4-3e2d1f0a9b8c" : rpc error: code = Internal desc = Could not attach volume "vol-0a1b2c3d4e5f67890" to node "i-0abcd1234ef567890": UnauthorizedOperation
MountVolume.MountDevice failed for volume "pvc-2b7f3c1a" : rpc error: code = InvalidArgument desc = GetAccountInfo: account key not found in secret azure-storage-account-shopdata-secret
googleapi: Error 403: Request had insufficient authentication scopes. ACCESS_TOKEN_SCOPE_INSUFFICIENT
AADSTS700016: Application with identifier '4d856d1f-8648-456c-9bb2-f36273bbe4e3' was not found in the directory 'Acme'. Trace ID: 0c1d2e3f-4a5b-6c7d-8e9f-0a1b2c3d4e5f
ManagedIdentityCredential authentication failed: no identity found for client id 7d0f9a3b-2c1e-4b5d-8f6a-9e8d7c6b5a40
error resolving auth refs for trigger: secrets "keda-rabbitmq-secret" not found {"triggerAuthRef.Name": "rabbitmq-auth"}
Backup storage location "default" is unavailable: rpc error: code = Unknown desc = NoCredentialProviders: no valid providers in chain
longhorn-manager: failed to get backup target client: cannot get credential secret longhorn-system/minio-secret
rook: failed to get admin key: failed to find entity client.admin: exit status 2
speaker: {"caller":"config_controller.go:140","error":"parsing BGP peer: password secret type mismatch on \"bgp-pass\", type \"kubernetes.io/basic-auth\" is expected","level":"error"}
time="2026-03-04T10:12:44Z" level=error msg="Error configuring TLS: secret shop/shop-tls does not exist" ingress=shop namespace=shop providerName=kubernetes
[ALERT] (1) : config : parsing [/usr/local/etc/haproxy/haproxy.cfg:31] : 'bind *:443' unable to stat SSL certificate from file '/etc/certs/site.pem' : No such file or directory.
WARN  [org.keycloak.events] (executor-thread-12) type="CLIENT_LOGIN_ERROR", realmId="2f8a6c1d-3b4e-4f5a-9c7d-8e6f5a4b3c2d", clientId="shop-web", userId="null", ipAddress="10.244.1.1", error="invalid_client_credentials", grant_type="client_credentials"
[oauthproxy.go:1005] No valid authentication in request. Initiating login.
invalid configuration: missing setting: client-secret or client-secret-file
failed to verify ID token: oidc: expected audience "kubernetes" got ["shop-web"]
API: SYSTEM() Time: 10:12:44 UTC 03/04/2026 DeploymentID: 3c9f1b2a-6d5e-4c7f-8a9b-0d1e2f3a4b5c Error: Invalid credentials (*errors.errorString)
{"level":"error","msg":"Persistent store operation failure","error":"sql: no rows in result set","wf-namespace":"default","wf-id":"order-7781","queue-task-type":"TransferWorkflowTask","shard-id":3}
airflow.exceptions.AirflowException: Could not create Fernet object: Fernet key must be 32 url-safe base64-encoded bytes.
org.apache.spark.SparkException: Job aborted due to stage failure: Task 3 in stage 12.0 failed 4 times, most recent failure: Lost task 3.3 (TID 281)
Caused by: org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint expired before completing. Job 5d2f3c8a7b6e4d1f9c0a8b7e6d5f4c3b
io.trino.spi.TrinoException: Query 20260304_101244_00042_x7k9q exceeded per-node memory limit of 4GB
Memory cgroup out of memory: Killed process 21733 (java) total-vm:6291456kB, anon-rss:2097152kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:5120kB oom_score_adj:969
systemd[1]: kubelet.service: Main process exited, code=exited, status=1/FAILURE
audit: type=1400 audit(1772619164.120:77): apparmor="DENIED" operation="open" profile="cri-containerd.apparmor.d" name="/etc/shadow" pid=4021 comm="cat"
failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/docker-entrypoint.sh": permission denied
tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "kubernetes")
x509: certificate has expired or is not yet valid: current time 2026-03-04T10:12:44Z is after 2026-03-03T23:59:59Z, serial 0x3f9a1b7c5d2e
SSL routines:tls_process_server_certificate:certificate verify failed fingerprint=SHA256:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89
ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain
The authenticity of host 'git.example (10.0.0.9)' can't be established. ED25519 key fingerprint is SHA256:uNiVztksCsDhcc0u9e8BrjJXVtKjXqvZg5lBfT3mC2k.
X-Request-Id: 01HQZ3K8W5T7N9M2C4B6D8F0GH traceparent=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
span_id=00f067aa0ba902b7 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 user_id=auth0|5f7c8ec7c33c6c004bbafe82 method=GetToken
kubectl create secret generic db-auth --from-literal=password=$DB_PASSWORD --dry-run=client
auth: enabled=true, providers=[token,basic,oidc], token_ttl=3600s, password_policy=strong
passwordPolicy="length(12) and notUsername" accessTokenLifespan=300 ssoSessionIdleTimeout=1800
Readiness probe failed: HTTP probe failed with statuscode: 401
Liveness probe errored: rpc error: code = DeadlineExceeded desc = command "pg_isready -U orders -d orders" timed out
secret/db-auth configured
deployment.apps/token-service restarted
Pulling from acme/api Digest: sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1 Status: Downloaded newer image
config checksum changed: checksum/secret 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
helm.go:84: [debug] secrets "sh.helm.release.v1.shop.v14" is forbidden
E11000 duplicate key error collection: shop.sessions index: token_1 dup key: { token: null }
Saved snapshot with key=orders/2026-03-04/part-00017-7c1f9f5e-2a43-4bb1-9d3a-8f9f2b1d6c55-c000.snappy.parquet
license expired on 2026-02-28, key id 8842, features=[sso,audit]
Successfully assigned shop/pay-5c9d8f7b6d-x2x7k to aks-nodepool1-31718369-vmss000002
Container image "registry.k8s.io/pause:3.10@sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a" already present on machine
uid: 0b8f2b0e-61a2-4f8b-9a55-0f4cbe6d7a31
resourceVersion: "184467209" generation: 14 observedGeneration: 13
HEAD is now at 9fceb02d0ae598e95dc970b74767f19372d61af8 Merge pull request #4121 from acme/renovate/keycloak
fatal: reference is not a tree: 6dcb09b5b57875f334f61aebed695e2e4193db5e
argocd: Comparison failed: revision 6dcb09b5b57875f334f61aebed695e2e4193db5e not found in https://github.com/acme/deploy.git
etag: "0x8DD1F4C2A7B3E90" last-modified: Mon, 02 Feb 2026 10:11:12 GMT
ETag: W/"5f2c-Jv3K9uT0mQwz8lLr1bXyPzE4s2A"
x-amz-request-id: 5Z9HQX2T7V3K1M8N x-amz-id-2: hV3kQ8yZ0mN1pL6sT4uW9xB2cD5eF7gH8iJ0kL1mN3oP5qR7sT9uV1wX3yZ5aB7cD9eF1gH=
arn:aws:iam::123456789012:role/eksctl-shop-nodegroup-NodeInstanceRole-1X2Y3Z4A5B6C7
arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/k8s-shop-pay-0a1b2c3d4e/6d0ecf831eec9f09
AssumeRoleWithWebIdentity: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity for arn:aws:iam::123456789012:role/external-dns
arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab is disabled
/subscriptions/3f1c2b7a-9d44-4a0e-8a52-1e5a9b1c7d10/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop
traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","msg":"GET /cart","status":502
X-Request-Id: 01JH8Z3K5QW7V9X2Y4B6N8M0PR upstream connect error or disconnect/reset before headers. reset reason: connection timeout
x-correlation-id=7c9e6679-7425-40de-944b-e07fc1f90ae7 retrying in 4s
x509: certificate has expired or is not yet valid: current time 2026-03-01T10:00:00Z is after 2026-02-28T23:59:59Z
x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "kubernetes")
SHA256 Fingerprint=3A:5F:0C:9E:7B:21:D4:88:16:F2:9A:6C:0D:EE:43:B1:77:58:C9:02:AF:14:3D:6B:90:E5:28:71:BC:4F:A6:D3
subject=CN = *.shop.example.com issuer=C = US, O = Let's Encrypt, CN = R11 serial=04A1B2C3D4E5F60718293A4B5C6D7E8F9012
X509v3 Subject Key Identifier: 7D:3A:91:0C:5E:F8:24:B6:A0:13:9F:6D:C2:48:E7:5B:81:0A:36:DF
-----BEGIN CERTIFICATE-----↵MIIBszCCAVmgAwIBAgIUQ0Zk1x9yQ2v7nJ8sT4mWc5pL3bQwCgYIKoZIzj0EAwIw↵GDEWMBQGA1UEAwwNc2hvcC5pbnRlcm5hbDAeFw0yNjAxMDExMDAwMDBaFw0yNzAx↵-----END CERTIFICATE-----
cosign: tlog entry verified with uuid: 24296fb24b8ad77a5e1b7c0f9d3a2e64c8b15f7d0a93e6b2c4d8f1a7e5b3c9d0 index: 118273645
Error: failed to verify signature: no matching signatures: crypto/rsa: verification error
MountVolume.SetUp failed for volume "kube-api-access-7xk2p" : failed to fetch token: serviceaccounts "pay" not found
Error: secret "pay-db-credentials" not found
Error: couldn't find key DB_PASSWORD in Secret shop/pay-db
Failed to pull image "ghcr.io/acme/pay:1.42.0-rc.3-g6dcb09b": failed to authorize: failed to fetch anonymous token: 403 Forbidden
pull access denied for acme/pay, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
FATAL:  password authentication failed for user "pay_rw"
FATAL: no pg_hba.conf entry for host "10.244.3.17", user "pay_rw", database "shop", no encryption
ERROR 1045 (28000): Access denied for user 'pay'@'10.244.3.17' (using password: YES)
NOAUTH Authentication required.
WRONGPASS invalid username-password pair or user is disabled.
MongoServerError: Authentication failed. code: 18, codeName: 'AuthenticationFailed'
SASL authentication failed: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512
AADSTS700016: Application with identifier '7c9e6679-7425-40de-944b-e07fc1f90ae7' was not found in the directory 'Acme'. Trace ID: 2f3c4d5e-6a7b-4c8d-9e0f-1a2b3c4d5e6f
AADSTS7000222: The provided client secret keys for app '7c9e6679-7425-40de-944b-e07fc1f90ae7' are expired.
error: error:1E08010C:DECODER routines::unsupported at createPrivateKey (node:internal/crypto/keys:620:12)
TypeError: Cannot read properties of undefined (reading 'accessToken') at refreshSession (/app/dist/auth/token-refresher.js:88:31)
java.lang.IllegalStateException: Could not resolve placeholder 'spring.datasource.password' in value "¤{spring.datasource.password}"
io.jsonwebtoken.ExpiredJwtException: JWT expired 312345 milliseconds ago at 2026-02-01T10:00:00.000Z. Allowed clock skew: 0 milliseconds.
org.springframework.security.oauth2.client.ClientAuthorizationException: [invalid_client] Client authentication failed
at com.acme.shop.security.JwtTokenAuthenticationFilter.doFilterInternal(JwtTokenAuthenticationFilter.java:57) ~[shop.jar!/:2.14.0]
KeyError: 'STRIPE_API_KEY'
pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings↵secret_key↵  Field required [type=missing, input_value={}, input_type=dict]
panic: required environment variable JWT_SIGNING_KEY is not set
Error: Missing required env var: AUTH0_CLIENT_SECRET (and 2 more)
env: POSTGRES_PASSWORD_FILE=/run/secrets/pg-password PGSSLMODE=verify-full
- name: DB_PASSWORD↵  valueFrom:↵    secretKeyRef:↵      name: pay-db↵      key: password
envFrom:↵- secretRef:↵    name: pay-env
imagePullSecrets:↵- name: acr-pull
checksum/config: 9c1185a5c5e9fc54612808977ee8f548b2258d31b8a1b2c3d4e5f60718293a4b
checksum/secret: 01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b
pod-template-hash: 5c9d8f7b6d controller-revision-hash: pay-7d4b9c6f58
kubernetes.io/psp: eks.privileged prometheus.io/scrape: "true"
last-applied-hash: sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
integrity sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==
github.com/aws/aws-sdk-go-v2 v1.36.0 h1:b1wM5CcE65Ujwn565qcwgtOTT1aT4ADOHHgglKjG7fk=
go: downloading k8s.io/client-go v0.0.0-20260114183214-6dcb09b5b578
npm warn deprecated inflight@1.0.6: This module is not supported
pip: Using cached cryptography-44.0.0-cp39-abi3-manylinux_2_34_x86_64.whl (4.2 MB)
layer sha256:4abcf20661432fb2d719aaf90656f55c287f8ca915dc1c92ec14ff61e67fbaf8: Already exists
containerd://c0ffee5a7b3e90d1f4c2a7b3e905d1f4c2a7b3e90d1f4c2a7b3e90d1f4c2a7b3
Back-off restarting failed container pay in pod pay-5c9d8f7b6d-x2x7k_shop(0b8f2b0e-61a2-4f8b-9a55-0f4cbe6d7a31)
OOMKilled exitCode=137 startedAt=2026-02-01T10:00:00Z finishedAt=2026-02-01T10:00:41Z
node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
Node aks-np-12345678-vmss00000a status is now: NodeNotReady
I0201 10:00:00.000000       1 leaderelection.go:260] successfully acquired lease kube-system/ebs-csi-aws-com
E0201 10:00:00.000000       1 reflector.go:166] "Unhandled Error" err="k8s.io/client-go@v0.32.1/tools/cache/reflector.go:251: Failed to watch *v1.Secret: failed to list *v1.Secret: secrets is forbidden: User \"system:serviceaccount:shop:operator\" cannot list resource \"secrets\" in API group \"\" at the cluster scope"
dial tcp: lookup ep-cool-sun-a2b3c4d5-pooler.eu-central-1.aws.neon.tech on 10.96.0.10:53: no such host
dial tcp [fd00:10:244:2::1f]:5432: connect: connection refused
tls: failed to verify certificate: x509: certificate is valid for kubernetes.default.svc, not api.shop.internal
vault: secret/data/shop/pay: permission denied (path policy "pay-read")
external-secrets: could not get secret data from provider: Secrets Manager can't find the specified secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/pay-db-Ab3dEf
SecretSyncedError: could not update Secret shop/pay-db: key "password" missing in remote
cert-manager: Issuing certificate as Secret does not exist: shop/pay-tls revision=3 acme order https://acme-v02.api.letsencrypt.org/acme/order/1234567890/312345678901
acme: urn:ietf:params:acme:error:rateLimited: too many certificates (5) already issued for this exact set of identifiers
_acme-challenge.shop.example.com TXT "gfj9Xq_Rg85nM0zQwz8lLr1bXyPzE4s2AcDeFgHiJkL"
TaskID 01JH8Z3K5QW7V9X2Y4B6N8M0PR ulid=01JH8Z3K5QW7V9X2Y4B6N8M0PS ksuid=2rT5uW9xB2cD5eF7gH8iJ0kL1mN
message_id=<CAFq3x+Jv3K9uT0mQwz8lLr1bXyPzE4s2A@mail.gmail.com> status=deferred (connection timed out)
kafka: consumer group pay-events-v2 rebalancing, member id consumer-pay-1-0b8f2b0e-61a2-4f8b-9a55-0f4cbe6d7a31 generation 41
redis: MOVED 12182 10.244.5.9:6379
nats: slow consumer, messages dropped; subject orders.created.v1 sid=17 inbox=_INBOX.gT5uW9xB2cD5eF7gH8iJ0k.7H8iJ0kL
temporal: WorkflowID=order-1234567 RunID=7c9e6679-7425-40de-944b-e07fc1f90ae7 Attempt=3 ActivityError: context deadline exceeded
aws-load-balancer-controller: SecurityGroup sg-0a1b2c3d4e5f60718 not found in vpc-0f1e2d3c4b5a69788 subnet-0123456789abcdef0
eni-0a1b2c3d4e5f60718 i-0123456789abcdef0 vol-049df61146c4d7901 AttachVolume.Attach failed
pvc-3f1c2b7a-9d44-4a0e-8a52-1e5a9b1c7d10 bound to persistentvolume disk.csi.azure.com#MC_rg_shop_westeurope
gke-shop-default-pool-9b1c7d10-k2x7 projects/acme-prod-314159/zones/europe-west4-a/instances/5123456789012345678
metric pay_tokens_issued_total{client="web"} 18233 pay_token_cache_hits 9982
tokenizer loaded: vocab_size=128256 bos_token=<|begin_of_text|> eos_token_id=128009 pad_token=[PAD] max_tokens=8192
prompt_tokens=1812 completion_tokens=402 total_tokens=2214 model=gpt-5-mini
Keycloak: type="LOGIN_ERROR", realmId="9c1185a5-c5e9-4c54-8128-08977ee8f548", clientId="pay-web", userId="null", error="invalid_user_credentials", auth_method="openid-connect"
ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3dIeudNqd0DPMRD6OIh65tjkxFNOtSGcJj0yZ5mX8 ci@acme
age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p: sops: no identity matched any of the recipients
wg0: peer PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= latest handshake: 2 minutes ago
jwks: kid "2026-02-Zx81qQ" not found; known: [2025-11-Ab7dEf, 2026-01-Gh2iJk] alg=RS256
SPIFFE ID spiffe://acme.example/ns/shop/sa/pay SVID expires in 41m
sealed-secrets: no key could decrypt secret (password, username)
Reconciler error controller=kustomization name=pay revision=main@sha1:6dcb09b5b57875f334f61aebed695e2e4193db5e
pnpm-lock: resolution: {integrity: sha512-47DEQpj8HBSa/TImW+5JCeuQeRkm5NMpJWZG3hSuFU47DEQpj8HBSa/TImW+5JCeuQeRkm5NMpJWZG3hSuFUAA==}
HTTP 401 {"error":"invalid_token","error_description":"The access token expired"} WWW-Authenticate: Bearer realm="shop", error="invalid_token"
admission webhook "vpod.elbv2.k8s.aws" denied the request: caBundle is not valid PEM
continue: eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTg0NDY3MjA5LCJzdGFydCI6InNob3AvcGF5XHUwMDAwIn0
Key Vault https://kv-shop.vault.azure.net/secrets/pay-db/3a5f0c9e7b21d48816f29a6c0dee43b1: SecretNotFound
signin attempt for user jane.doe@acme.example from 203.0.113.9 failed: password expired, reset required
`
  .split('\n')
  .filter((line) => line !== '')
  // What a template would take for its own.
  .map((line) => line.replaceAll('↵', '\n').replaceAll('¤', '$'))
