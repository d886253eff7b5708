import { Cron } from 'croner'
import { expect, test } from 'vitest'
import { readSettings } from '../../../shared/config/settings.ts'
import { PATROLS, supervisorCount, supervisorSchedule } from '../../../shared/config/supervisor-timers.ts'

test('each patrol has a schedule with exactly its time between two runs, across the hour', () => {
  for (const seconds of PATROLS) {
    const schedule = supervisorSchedule({ PATROL_SECONDS: String(seconds) })
    const runs = new Cron(schedule, { timezone: 'UTC' }).nextRuns(400, new Date('2026-01-12T09:00:00Z'))
    const gaps = new Set(runs.slice(1).map((run, at) => (run.getTime() - runs[at]!.getTime()) / 1_000))
    expect([...gaps], schedule).toEqual([seconds])
  }
})

test('without a patrol, or with a wrong one, runs follow one another; the settings say what is wrong', () => {
  for (const PATROL_SECONDS of ['', '0', '7', 'often', undefined])
    expect(supervisorSchedule({ PATROL_SECONDS })).toBe('*/10 * * * * *')
  expect(() => readSettings({ PATROL_SECONDS: '7' })).toThrow('PATROL_SECONDS: must be 0 or one of 10, 15')
  expect(readSettings({ PATROL_SECONDS: '300' }).PATROL_SECONDS).toBe(300)
})

test('there are two supervisors unless the setting says otherwise', () => {
  expect([undefined, '', '0', '41', '3'].map((SUPERVISORS) => supervisorCount({ SUPERVISORS }))).toEqual([
    2, 2, 2, 2, 3,
  ])
})
