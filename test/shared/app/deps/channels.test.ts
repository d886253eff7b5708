import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_PLACE, openNotifier } from '../../../../shared/app/deps/channels.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { systemClock } from '../../../../shared/runtime/clock.ts'
import { startReceiver } from '../../../fakes/receiver.ts'
import { reported } from '../../notify/sample-notices.ts'

const told = { id: 'reported:east.0123456789abcdef.1:1', ref: undefined, unsure: false, copies: 0 }
const place = { key: DEFAULT_PLACE, place: {} }

/** The default channel, given as `setting`, with a vault whose secrets may change. */
async function channel(setting: string) {
  const receiver = await startReceiver()
  onTestFinished(receiver.stop)
  const vault = { text: `${receiver.url}/first` }
  const settings = readSettings({ SLACK_WEBHOOK_URL: setting.replace('RECEIVER', receiver.url) })
  const open = openNotifier({ settings, clock: systemClock, secret: async (where) => ({ ...vault, where }) })
  const paths = () => receiver.received.map(({ path }) => path)
  return { vault, receiver, paths, post: async () => (await open(place)).send(reported(), told) }
}

test('the default channel is the address of a secret, and a new version of the secret counts with the next notice', async () => {
  const { vault, receiver, paths, post } = await channel('keyvault:slack')
  await post()
  vault.text = `${receiver.url}/rotated\n`
  await post()
  expect(paths()).toEqual(['/first', '/rotated'])
})

test('it may also be the address itself', async () => {
  const { paths, post } = await channel('RECEIVER/direct')
  await post()
  expect(paths()).toEqual(['/direct'])
})

test('a secret that holds no address is told by its name, never by its value', async () => {
  const { vault, post } = await channel('keyvault:slack')
  vault.text = 'xoxb-not-an-address'
  const failure = await post().catch(String)
  expect(failure).toMatch(/^GiveUp: keyvault:slack: the secret is no http/)
  expect(failure).not.toContain('xoxb')
})

test('a setting that is neither is refused at the start', () => {
  expect(() => readSettings({ SLACK_WEBHOOK_URL: 'hooks.slack.com/services/T0/B0/x' })).toThrow(
    /SLACK_WEBHOOK_URL.*must be keyvault:<secret name>, file:<path>, or an http/,
  )
})
