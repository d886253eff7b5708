import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest, begun first, so that no worker ends the run alone with a long file. Those that compute (chaos)
 * and those that wait for processes take turns; all others follow as vitest orders them.
 */
const longest = [
  'infra/local/start.test.ts',
  'chaos/chaos.test.ts',
  'infra/local/start-real.test.ts',
  'end-to-end/killed-supervisor.test.ts',
  'shared/mcp-server/differential.test.ts',
  'agent-container/broker/main.test.ts',
  'browser/incident-page.test.ts',
  'infra/local/host/queue.test.ts',
  'agent-container/model.test.ts',
  'agent-container/runners/foreign.test.ts',
  'simulator/run-scenario.test.ts',
  'shared/mcp-server/main.test.ts',
  'end-to-end/scripted-model.test.ts',
  'hostile/changes.test.ts',
  'shared/subscription/servers.test.ts',
  'hostile/steps.test.ts',
  'end-to-end/one-trace.test.ts',
  'end-to-end/ten-at-once.test.ts',
  'chaos/mutations.test.ts',
]

const place = ({ moduleId }: TestSpecification): number => {
  const at = longest.findIndex((file) => moduleId.endsWith(`/test/${file}`))
  return at === -1 ? longest.length : at
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}
