import { cite, few } from '../snapshot/cite.ts'
import { behind, dependenciesOf } from '../snapshot/dependencies.ts'
import { citeFailure } from '../snapshot/log-failures.ts'
import { backing, isReady } from '../snapshot/services.ts'
import { label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change } from './remedies.ts'

const bound =
  /\b(?:listen\w*|serv\w+|start\w*|bound|bind\w*|running|ready|available)\b.{0,60}?(?:127\.0\.0\.1|localhost|\[?::1\]?)(?::|\s+port\s+)(\d{2,5})\b/i

/** Connections are refused although the Service's pods are ready: the program says that it listens on its own loopback only. */
export const loopback: Analyzer = ({ snapshot, subject, symptoms }) => {
  const keys = of(symptoms, 'crash', 'not-ready', 'ends', 'init-waits', 'trouble', 'job').map(({ key }) => key)
  if (keys.length === 0) return []
  return dependenciesOf(snapshot, subject).flatMap(({ service, failure }): readonly Hypothesis[] => {
    if (
      service === undefined ||
      failure === undefined ||
      (failure.kind !== 'refused' && failure.kind !== 'unavailable')
    )
      return []
    const pods = backing(snapshot, service).pods.filter(isReady)
    const said = snapshot.logs
      .filter((log) => pods.some(({ namespace, name }) => log.namespace === namespace && log.pod === name))
      .flatMap((log) => log.lines.filter((line) => bound.test(line)).map((line) => ({ log, line })))
      .at(-1)
    const [server] = behind(snapshot, service)
    if (said === undefined || server === undefined) return []
    const address = /127\.0\.0\.1|localhost|\[?::1\]?/i.exec(said.line)?.[0] ?? '127.0.0.1'
    return [
      {
        class: 'WrongPort',
        culprit: culpritOf(server),
        summary: `${label(server)} listens on ${address} only, so that ${label(service)} reaches its pods and is refused; ${label(subject)} calls it.`,
        mechanism: `A program that binds to its own loopback answers nobody outside its pod: ${said.line}`.slice(
          0,
          590,
        ),
        evidence: few(
          [...cite(said.log, said.line), ...citeFailure(failure), ...cite(pods[0], /type: Ready|ready: true/)],
          6,
        ),
        confidence: 'high',
        reasons: [
          `${pods.length} pods of ${label(service)} are ready, and refuse.`,
          'Its own log names the address it listens on.',
        ],
        falsification: 'A program that listens on all addresses would accept the connection.',
        explains: keys,
        chain: [
          { ...culpritOf(server), mechanism: `listens on ${address} only` },
          { ...culpritOf(service), mechanism: 'refuses its callers' },
        ],
        remedies: [
          change(undefined, server, {
            title: 'Let the program listen on 0.0.0.0 (or ::)',
            command: `kubectl -n ${server.namespace} edit ${server.kind.toLowerCase()}/${server.name}`,
            verify: `kubectl -n ${subject.namespace} get pods`,
          }),
        ],
        weight: 84,
      },
    ]
  })
}
