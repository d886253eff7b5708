import { describe, expect, test } from 'vitest'
import { fairShare, type Standing, shareOut } from '../../../shared/lease/fair-share.ts'

const cluster = (name: string, changes: Partial<Standing> = {}): Standing => ({
  name,
  mine: false,
  free: false,
  offered: false,
  orphaned: false,
  ...changes,
})
const many = (count: number, changes: Partial<Standing>) =>
  Array.from({ length: count }, (_, at) => cluster(`c${at}`, changes))

describe('sharing', () => {
  test('alone one takes all', () => {
    expect(shareOut(many(7, { free: true }), 1).take).toHaveLength(7)
    expect(fairShare(7, 1)).toBe(7)
  })

  test('of two each takes half and one', () => {
    expect(shareOut(many(10, { free: true }), 2).take).toHaveLength(6)
  })

  test('what nobody took before is taken whatever the share says', () => {
    expect(shareOut(many(10, { free: true, orphaned: true }), 5).take).toHaveLength(10)
  })

  test('who has too many offers the rest, once', () => {
    const held = many(10, { mine: true })
    expect(shareOut(held, 2).offer).toHaveLength(4)
    const offered = held.map((one, at) => (at < 4 ? { ...one, offered: true } : one))
    expect(shareOut(offered, 2).offer).toEqual([])
  })

  test('who has too few takes over what is offered, as far as there is room', () => {
    const offered = many(10, { offered: true })
    expect(shareOut(offered, 2).takeOver).toHaveLength(6)
    expect(shareOut([...offered, ...many(6, { mine: true })], 2).takeOver).toHaveLength(3)
  })
})
