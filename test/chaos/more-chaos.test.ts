import { expect, test } from 'vitest'
import { schedules } from './schedules.ts'

test('no promise is broken in five thousand further schedules', async () => {
  expect((await schedules(5_001, 5_000)).failures).toEqual([])
}, 480_000)
