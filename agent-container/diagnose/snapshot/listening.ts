import type { Seen, SeenLog, Snapshot } from './snapshot.ts'

const said =
  /(?:listen(?:ing|s)?|serving|started|bound|running|ready to accept|available)\b.{0,60}?(?:port|:|\s)\s?(\d{2,5})\b(?!\.\d)/i

export type ListeningPort = { readonly log: SeenLog; readonly line: string; readonly port: number }

/** The ports on which a program says that it listens; `container` absent: any of the pod. */
export const listeningPorts = (
  snapshot: Snapshot,
  pod: Pick<Seen, 'namespace' | 'name'>,
  container?: string,
): readonly ListeningPort[] =>
  snapshot.logs
    .filter(
      (log) =>
        log.namespace === pod.namespace &&
        log.pod === pod.name &&
        (container === undefined || log.container === container),
    )
    .flatMap((log) =>
      log.lines.flatMap((line) => {
        const port = said.exec(line)?.[1]
        return port === undefined ? [] : [{ log, line, port: Number(port) }]
      }),
    )
