import { expect, test } from 'vitest'
import { schedules } from './schedules.ts'

test('no promise is broken in four hundred further schedules', async () => {
  expect((await schedules(5_001, 400)).failures).toEqual([])
}, 480_000)
