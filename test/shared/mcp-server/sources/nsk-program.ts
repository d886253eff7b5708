import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Plays `nsk`: what it does stands in answers.json of its folder; what it was asked goes to asked.jsonl. */
const folder = process.env.NSK_CONFDIR ?? process.cwd()
const args = process.argv.slice(2)
appendFileSync(join(folder, 'asked.jsonl'), `${JSON.stringify({ args, env: process.env })}\n`)
const { list, kubeconfigs, hang, fail } = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8'))
if (hang === true) {
  setInterval(() => undefined, 1_000)
} else if (typeof fail === 'string') {
  process.stderr.write(`${fail}\n`)
  process.exitCode = 3
} else if (args[1] === 'list') process.stdout.write(list)
else {
  const name = args.find((one) => one.startsWith('--name='))?.slice('--name='.length) ?? ''
  process.stdout.write(kubeconfigs[name] ?? '')
}
