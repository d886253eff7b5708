import { hostIn, isAddress } from '../../../shared/cluster/messages/host-in.ts'
import { behind, serviceName } from '../snapshot/dependencies.ts'
import { bindingsOf } from '../snapshot/grants.ts'
import { networkPolicies, pods, services } from '../snapshot/kinds.ts'
import { selects } from '../snapshot/selectors.ts'
import { all, present, refOf, type Snapshot } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'
import { applies, lets } from '../snapshot/traffic.ts'
import type { Draft, Find } from './link.ts'
import type { TellingText } from './telling-texts.ts'

/** A host or address that is called: the Service, and what stands behind it. */
export const byHost: Find = (snapshot, reported) => {
  const { host } = hostIn(reported.text, 'refused')
  if (host === '') return []
  const place = isAddress(host) ? undefined : serviceName(host, reported.subject.namespace)
  const service = isAddress(host)
    ? all(snapshot, services).find((one) => one.data.spec.clusterIP === host)
    : place === undefined
      ? undefined
      : present(snapshot, services, place.namespace, place.name)
  const pod = isAddress(host) ? all(snapshot, pods).find(({ data }) => data.status.podIP === host) : undefined
  const ends = service === undefined ? (pod === undefined ? [] : [topOf(snapshot, pod)]) : behind(snapshot, service)
  return [
    ...(service === undefined
      ? []
      : [
          {
            object: refOf(service),
            how: 'host',
            word: host,
            strength: 0.7,
            relation: `is what ${host} leads to`,
          } as const,
        ]),
    ...ends.map(
      (object): Draft => ({ object, how: 'host', word: host, strength: 0.6, relation: `answers at ${host}` }),
    ),
    ...(service === undefined ? [] : closed(snapshot, reported, service.namespace, service.data.spec.selector)),
  ]
}
const closed = (
  snapshot: Snapshot,
  { subject }: TellingText,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): readonly Draft[] => {
  const client = { namespace: subject.namespace, labels: subject.labels }
  const server = { namespace, labels }
  return (['Ingress', 'Egress'] as const).flatMap((direction) => {
    const answer = lets(snapshot, direction, client, server, undefined)
    return answer.allowed
      ? []
      : answer.by.map(
          (policy): Draft => ({
            object: refOf(policy),
            how: 'policy',
            word: direction,
            strength: 0.8,
            relation: 'does not let it through',
            verified: true,
          }),
        )
  })
}

/** Silence: policies that choose these pods. */
export const byPolicy: Find = (snapshot, { text, subject }) =>
  /time(?:d )?[- ]?out|deadline exceeded|i\/o timeout|EAI_AGAIN|temporary failure/i.test(text)
    ? all(snapshot, networkPolicies, subject.namespace)
        .filter(({ data }) => applies(data, 'Egress') && selects(data.spec.podSelector, subject.labels))
        .map(
          (policy): Draft => ({
            object: refOf(policy),
            how: 'policy',
            word: 'timeout',
            strength: 0.6,
            relation: 'limits what it may call',
          }),
        )
    : []

/** An account that is refused: it, what is bound to it, and the roles. */
export const byAccount: Find = (snapshot, { text }) => {
  const [, namespace = '', name = ''] = /system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)/.exec(text) ?? []
  if (name === '') return []
  const bound = bindingsOf(snapshot, { namespace, name })
  return [
    {
      object: { kind: 'ServiceAccount', namespace, name },
      how: 'account',
      word: name,
      strength: 0.5,
      relation: 'is the account that is refused',
    },
    ...bound.flatMap((seen): readonly Draft[] => {
      const { kind = 'Role', name: role } = seen.data.roleRef
      return [
        { object: refOf(seen), how: 'account', word: name, strength: 0.6, relation: 'names the account' },
        {
          object: { kind, namespace: kind === 'Role' ? seen.namespace : '', name: role },
          how: 'account',
          word: name,
          strength: 0.7,
          relation: 'holds the rights of the account',
        },
      ]
    }),
  ]
}
