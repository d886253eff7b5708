import { expect, test } from 'vitest'
import { listIncidents } from '../../../../shared/health/incidents.ts'

const list = listIncidents({ list: async () => ({ items: [], unreadable: [] }) })

test('a function key in the address is the host’s business, and nothing wrong', async () => {
  expect((await list(new URLSearchParams('code=KEY&clientId=default&limit=5'))).status).toBe(200)
  expect((await list(new URLSearchParams('kode=KEY'))).status).toBe(400)
})
