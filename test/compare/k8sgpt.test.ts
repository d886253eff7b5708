import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { compareK8sgpt, k8sgptTable, listedIn, lists } from './k8sgpt.ts'

const pod = { kind: 'Pod', name: 'shop/checkout-7d9f-abcde', parentObject: 'Deployment/checkout' }
const deployment = { kind: 'Deployment', namespace: 'shop', name: 'checkout' }

test('an object counts as named when it is listed, or owns one that is', () => {
  expect(lists([pod], deployment)).toBe(true)
  expect(lists([{ kind: 'Deployment', name: 'shop/checkout' }], deployment)).toBe(true)
  expect(lists([{ kind: 'Deployment', name: 'other/checkout' }], deployment)).toBe(false)
  expect(lists([{ ...pod, name: 'other/checkout-x' }], deployment)).toBe(false)
  expect(lists([{ kind: 'Node', name: 'n1' }], { kind: 'Node', namespace: '', name: 'n1' })).toBe(true)
})

test('its answer is read whatever it says before, and an empty one is none', () => {
  expect(listedIn('Using cache\n{"status":"OK","problems":0,"results":null}')).toEqual([])
  expect(() => listedIn('panic')).toThrow('printed no JSON')
})

test('a program that lists nothing is right on controls alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'compare-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const bin = join(folder, 'k8sgpt')
  writeFileSync(bin, '#!/bin/sh\n[ "$1" = version ] && { echo "k8sgpt: stand-in"; exit; }\necho \'{"results":null}\'\n')
  chmodSync(bin, 0o755)
  const compared = await compareK8sgpt({ bin, only: ['traps'] }, () => {})
  expect(compared.rows.length).toBeGreaterThan(0)
  for (const { control, theirs } of compared.rows) expect(theirs).toMatchObject({ right: control, objects: 0 })
  expect(k8sgptTable(compared)).toContain('| k8sgpt: stand-in | 0 of ')
}, 120_000)
