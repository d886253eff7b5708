import { run } from '../../../infra/local/start/run.ts'

const quiet = () => {}

/** The whole app on this machine once, as `npm start -- --once`: seconds from the first word of a fault to its report. */
export async function report() {
  let seconds: number | undefined
  await run(
    { once: true, page: 'build/report.html', instances: 1, port: 0, portNamed: false },
    {
      say: quiet,
      event: quiet,
      fact: quiet,
      step: quiet,
      trouble: (text) => console.error(text),
      log: quiet,
      report: ({ incident: { firstSeen, reportedAt } }) => {
        seconds = (Date.parse(reportedAt ?? '') - Date.parse(firstSeen)) / 1_000
      },
    },
    AbortSignal.timeout(90_000),
  )
  if (seconds === undefined) throw new Error('there was no report')
  return { seconds }
}
