import { expect, test } from 'vitest'
import { shiftSchedule } from './shift-schedule.ts'

const minutes = 60
const hours = 3_600
const day = 86_400

test.each<[string, number, string]>([
  ['0 * * * *', 39 * minutes + 27, '39 * * * *'],
  ['0 * * * *', -5 * minutes, '55 * * * *'],
  ['*/15 * * * *', 200 * day + 7 * minutes, '7,22,37,52 * * * *'],
  ['* * * * *', 1_234_567, '* * * * *'],
  ['30 2 * * *', 22 * hours + 40 * minutes, '10 1 * * *'],
  ['0 8-10 * * 1-5', 3 * day + hours, '0 9,10,11 * * 1,4,5,6,0'],
  ['@daily', 6 * hours, '0 6 * * *'],
  ['0 22 * * 0', 3 * hours, '0 1 * * 1'],
])('%s moved by %i s is %s', (schedule, seconds, expected) => {
  const fields = (text: string) => text.split(' ').map((field) => field.split(',').sort().join())
  expect(fields(shiftSchedule(schedule, seconds))).toEqual(fields(expected))
})

test.each(['0 0 1 * *', '0,30 9 * * *', '0 9 * * MON', 'not a schedule', '0 9,23 * * 1'])(
  'a schedule that cannot be written after the move stays: %s',
  (schedule) => expect(shiftSchedule(schedule, 45 * minutes + hours)).toBe(schedule),
)
