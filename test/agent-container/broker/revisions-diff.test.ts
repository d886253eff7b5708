import { expect, test } from 'vitest'
import { differencesOf } from '../../../agent-container/broker/revisions-diff.ts'
import { revisionsOf } from '../../../shared/mcp-server/objects/rollouts.ts'
import { ago, replicaSet } from '../diagnose/world.ts'

const plain = { object: <T>(object: T) => object, text: (text: string) => text }
type Of = { readonly made: number; readonly written?: number; readonly before?: string; readonly image?: string }
const kept = (revision: number, { made, written, before, image = `web:${revision}` }: Of) => {
  const set = replicaSet('web', `hash${revision}`, { revision, created: made, container: { image } })
  const { metadata } = set
  const managedFields = written === undefined ? [] : [{ manager: 'kube-controller-manager', time: ago(written) }]
  const annotations = {
    ...metadata.annotations,
    ...(before === undefined ? {} : { 'deployment.kubernetes.io/revision-history': before }),
  }
  return { ...set, metadata: { ...metadata, annotations, managedFields } }
}
const said = (...sets: readonly ReturnType<typeof kept>[]) =>
  differencesOf('Deployment shop/web', revisionsOf(sets, plain))

test('a revision that was only scaled since was not rolled back to', () => {
  const text = said(kept(1, { made: 600, written: 300 }), kept(2, { made: 300, written: 5 }))
  expect(text).toContain(`revision 2, made ${ago(300)}, against revision 1:`)
  expect(text).not.toMatch(/rolled back|newest since/)
})

test('a revision that came back says so, with the time of that', () => {
  const text = said(kept(2, { made: 300, written: 60 }), kept(3, { made: 600, written: 5, before: '1' }))
  expect(text).toContain(`revision 3, made ${ago(600)}, rolled back to by ${ago(60)}, against revision 2:`)
})

test('the one in use and ten before it are shown, and only the first of all is called the oldest', () => {
  const sets = Array.from({ length: 14 }, (_, at) => kept(at + 1, { made: 600 - at * 10 }))
  const whole = said(...sets)
  expect(whole.match(/^revision /gm)).toHaveLength(11)
  expect(whole).toContain('and 3 older ones')
  expect(whole).not.toContain('the oldest that is kept')
  expect(said(...sets.slice(0, 11))).toContain('revision 1, made')
  expect(said(...sets.slice(0, 11))).toContain('the oldest that is kept')
})
