import { allChannels } from '../shared/notify/channels/all-channels.ts'
import { commonRules, type Rule } from '../shared/notify/channels/answers.ts'

/** The page with the table of answers between its marks: the first row that fits decides. */
export async function withAnswerTable(page: string): Promise<string> {
  const row =
    (who: string) =>
    ({ code, says, verdict, words }: Rule) =>
      `| ${who} | ${code} | ${says.replace(/\|/g, '\\|')} | ${verdict} | ${words} |`
  const channels = await Promise.all(Object.values(allChannels).map((load) => load()))
  const table = [
    '| place | code | body | verdict | words |',
    '|---|---|---|---|---|',
    ...channels.flatMap(({ answers }) => answers.flatMap(({ name, rules }) => rules.map(row(name)))),
    ...commonRules.map(row('every place')),
  ].join('\n')
  return page.replace(
    /(<!-- answers -->\n)[\s\S]*?(<!-- \/answers -->)/,
    (_, before, after) => `${before}${table}\n${after}`,
  )
}
