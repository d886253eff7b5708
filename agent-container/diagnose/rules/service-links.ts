import { cite, few } from '../snapshot/cite.ts'
import { services } from '../snapshot/kinds.ts'
import { all, label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { tail } from './last-words.ts'
import { change, rolledOut } from './remedies.ts'

/** Docker's link variables, which the kubelet sets for every Service of the namespace: `WEB_PORT=tcp://10.96.0.7:80`. */
const linked = /\b([A-Z][A-Z0-9_]*)_(?:PORT(?:_\d+_(?:TCP|UDP)(?:_(?:PORT|PROTO|ADDR))?)?|SERVICE_(?:HOST|PORT\w*))\b/
const link = /\b(?:tcp|udp):\/\/(?:\d{1,3}\.){3}\d{1,3}:\d+/

/** A program reads a variable of its own, and gets what Kubernetes sets for a Service of the same name. */
export const serviceLinks: Analyzer = ({ snapshot, subject, symptoms }) =>
  of(symptoms, 'crash', 'ends', 'start', 'not-ready').flatMap((symptom): readonly Hypothesis[] => {
    if (subject.spec === undefined || subject.spec.enableServiceLinks === false) return []
    const said = tail(snapshot, symptom, 20).find(({ line }) => linked.test(line) && link.test(line))
    const variable = linked.exec(said?.line ?? '')
    const name = variable?.[1]?.toLowerCase().replaceAll('_', '-')
    const service = all(snapshot, services, subject.namespace).find((one) => one.name === name)
    const own = symptom.container?.spec?.env.some((one) => one.name === variable?.[0]) === true
    if (said === undefined || variable === null || service === undefined || own) return []
    return [
      {
        class: 'ServiceLinkCollision',
        culprit: culpritOf(subject),
        summary: `${label(subject)} reads ${variable[0]}, which Kubernetes sets for ${label(service)} of the same name (enableServiceLinks): the program takes the link for its own setting.`,
        mechanism:
          `The kubelet gives every container the addresses of the namespace's Services as variables: ${said.line}`.slice(
            0,
            590,
          ),
        evidence: few(
          [...cite(said.log, said.line), ...cite(service, `name: ${service.name}`), ...symptom.evidence],
          6,
        ),
        confidence: 'high',
        reasons: [
          'The value that is refused has the form of a service link.',
          `${label(service)} exists, and the template sets no such variable.`,
        ],
        falsification: 'A variable of that name in the template would go before the link.',
        explains: [symptom.key],
        remedies: [
          change(subject.seen, subject, {
            title: 'Set enableServiceLinks: false in the pod template, or rename the Service',
            command: `kubectl -n ${subject.namespace} patch ${subject.kind.toLowerCase()}/${subject.name} -p '{"spec":{"template":{"spec":{"enableServiceLinks":false}}}}'`,
            verify: rolledOut(subject),
          }),
        ],
        weight: 86,
      },
    ]
  })
