import { cite, few } from '../snapshot/cite.ts'
import { serviceAccounts } from '../snapshot/kinds.ts'
import { find, label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { tail } from './last-words.ts'
import { change, rolledOut } from './remedies.ts'

/** How a cloud gives a pod an identity: what its SDK says without one, and what its webhook asks of account and pod. */
type Cloud = {
  readonly name: string
  readonly says: RegExp
  readonly annotation: string
  /** A label that the pod itself must bear. */
  readonly label?: string
  /** What the webhook puts into a pod that it has taken. */
  readonly variable?: string
}
const clouds: readonly Cloud[] = [
  {
    name: 'Azure workload identity',
    says: /AZURE_(?:CLIENT_ID|TENANT_ID|FEDERATED_TOKEN_FILE)|azure (?:tenant|client) id\b.*(?:empty|missing|not set)|DefaultAzureCredential|WorkloadIdentityCredential|AADSTS\d+|ManagedIdentityCredential/i,
    annotation: 'azure.workload.identity/client-id',
    label: 'azure.workload.identity/use',
    variable: 'AZURE_FEDERATED_TOKEN_FILE',
  },
  {
    name: 'IAM roles for service accounts',
    says: /AWS_(?:ROLE_ARN|WEB_IDENTITY_TOKEN_FILE)|NoCredentialProviders|Unable to locate credentials|AssumeRoleWithWebIdentity|failed to refresh cached credentials|no EC2 IMDS role found|Could not load credentials from any providers/,
    annotation: 'eks.amazonaws.com/role-arn',
    variable: 'AWS_ROLE_ARN',
  },
  {
    name: 'GKE workload identity',
    says: /could not find default credentials|Unable to generate access token|iam\.serviceAccounts\.getAccessToken|compute: Received 40[34] .*metadata|GOOGLE_APPLICATION_CREDENTIALS/i,
    annotation: 'iam.gke.io/gcp-service-account',
  },
]

/** A program that has no identity in its cloud: the account lacks the annotation, or the pod what its webhook asks for. */
export const cloudIdentity: Analyzer = ({ snapshot, subject, symptoms }) =>
  of(symptoms, 'crash', 'ends', 'not-ready', 'init-waits', 'trouble').flatMap((symptom): readonly Hypothesis[] => {
    const lines = tail(snapshot, symptom, 25)
    const cloud = clouds.find(({ says }) => lines.some(({ line }) => says.test(line)))
    const said = lines.find(({ line }) => cloud?.says.test(line))
    const pod = symptom.pods[0]
    if (cloud === undefined || said === undefined || pod === undefined) return []
    const name = pod.data.spec.serviceAccountName ?? subject.spec?.serviceAccountName ?? 'default'
    const account = find(snapshot, serviceAccounts, subject.namespace, name)
    const ref = { kind: 'ServiceAccount', namespace: subject.namespace, name }
    const marked = account.is === 'there' ? account.value.object.metadata.annotations?.[cloud.annotation] : undefined
    const labelled = cloud.label === undefined || pod.object.metadata.labels?.[cloud.label] === 'true'
    const given = JSON.stringify(pod.raw.spec ?? {}).includes(cloud.variable ?? ' ')
    const lacks =
      account.is === 'there' && marked === undefined
        ? {
            culprit: ref,
            what: `${label(ref)} bears no annotation ${cloud.annotation}`,
            title: `Annotate it: ${cloud.annotation}=<identity>`,
          }
        : !labelled
          ? {
              culprit: culpritOf(subject),
              what: `its pods lack the label ${cloud.label}: "true", by which the identity webhook finds them`,
              title: `Add the label ${cloud.label}: "true" to the pod template`,
            }
          : cloud.variable !== undefined && !given && account.is === 'there'
            ? {
                culprit: culpritOf(subject),
                what: `its pods were made without ${cloud.variable}: the identity webhook did not take them`,
                title: 'See that the identity webhook runs, then restart the pods',
              }
            : {
                culprit: ref,
                what: `the identity that ${label(ref)} names is not accepted`,
                title: 'Check the federation and the rights of the identity in the cloud',
              }
    const sure = lacks.culprit.kind !== 'ServiceAccount' || (account.is === 'there' && marked === undefined)
    const object = account.is === 'there' ? account.value : undefined
    return [
      {
        class: 'CloudIdentityMissing',
        culprit: lacks.culprit,
        summary: `${label(subject)} has no identity in its cloud (${cloud.name}): ${lacks.what}.`.slice(0, 590),
        mechanism: `The cloud's SDK finds no credential: ${said.line}`.slice(0, 590),
        evidence: few(
          [
            ...cite(said.log, said.line),
            ...cite(object, cloud.annotation),
            ...cite(object, `name: ${name}`),
            ...symptom.evidence,
          ],
          8,
        ),
        confidence: sure && account.is === 'there' ? 'high' : 'medium',
        reasons: [
          'The program names what its identity should have given.',
          account.is === 'there' ? `${label(ref)} was read.` : `${label(ref)} was not read.`,
        ],
        falsification: 'A pod with the token mounted and the variables set would speak against it.',
        explains: [symptom.key],
        remedies: [
          change(lacks.culprit.kind === subject.kind ? subject.seen : object, lacks.culprit, {
            title: lacks.title,
            command: `kubectl -n ${subject.namespace} edit ${lacks.culprit.kind.toLowerCase()}/${lacks.culprit.name}`,
            risk: 'Pods get the identity when they are made anew.',
            verify: rolledOut(subject),
          }),
        ],
        weight: 78,
      },
    ]
  })
