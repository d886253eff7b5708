import { expect, test } from 'vitest'
import { readSettings } from '../../../shared/config/settings.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'

test('an empty environment is a right one, with the defaults; an empty value counts as not set', () => {
  const settings = readSettings({ AGENT_TIMEOUT: '', KEY_VAULT_URL: '' })
  expect(settings).toMatchObject({ AGENT_TIMEOUT: 300, SEVERITY_THRESHOLD: 'warning', NOTIFY_ON_AGENT_FAILURE: true })
  expect(settings.KEY_VAULT_URL).toBeUndefined()
  expect(Object.isFrozen(settings)).toBe(true)
})

test('every wrong setting is in one message, with what it must be, and without its value', () => {
  const read = () =>
    readSettings({
      AGENT_TIMEOUT: 'soon',
      SUPERVISORS: '0',
      MAX_CONCURRENT_AGENTS: '1.5',
      LEASE_SECONDS: '601',
      NOTIFY_ON_AGENT_FAILURE: 'yes',
      SEVERITY_THRESHOLD: 'high',
      KEY_VAULT_URL: 'my-secret-vault',
      AGENT_MAX_COST_USD: '0',
      LOG_LEVEL: 'loud',
      AGENT_MODEL_KEY: 'sk-live-key',
      AGENT_MODEL_PROVIDER: 'anthropic',
      RECONNECT_INITIAL_SECONDS: '30',
      RECONNECT_MAX_SECONDS: '5',
      REPORT_BASE_URL: 'reports',
      PATH: '/usr/bin',
    })
  expect(read).toThrow(GiveUp)
  expect(read).toThrowErrorMatchingInlineSnapshot(`
    [GiveUp: These settings are wrong:
      KEY_VAULT_URL: must be a URL
      AGENT_MODEL_KEY: must be keyvault:<secret name> or file:<path>, not the secret itself
      AGENT_TIMEOUT: must be a number
      AGENT_MAX_COST_USD: must be more than 0
      SEVERITY_THRESHOLD: must be one of info, warning, critical
      MAX_CONCURRENT_AGENTS: must be a whole number
      SUPERVISORS: must be at least 1
      LEASE_SECONDS: must be at most 600
      NOTIFY_ON_AGENT_FAILURE: must be true or false
      REPORT_BASE_URL: must be an http:// or https:// address
      LOG_LEVEL: must be one of trace, debug, info, warn, error
      RECONNECT_INITIAL_SECONDS: must not be more than RECONNECT_MAX_SECONDS
      AGENT_MODEL: is required unless AGENT_MODEL_PROVIDER is none]
  `)
})
