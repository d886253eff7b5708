import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fileVault } from '../../../infra/local/file-vault.ts'

const folder = mkdtempSync(join(tmpdir(), 'nightcrier-vault-'))
afterAll(() => rmSync(folder, { recursive: true }))
const vault = fileVault(folder)

test('a secret is the content of its file, without the last line end', async () => {
  writeFileSync(join(folder, 'model-key'), 'abc\n')
  expect(await vault.secret('model-key')).toBe('abc')
})

test('a missing secret is given up with the place where it belongs', async () => {
  await expect(vault.secret('nowhere')).rejects.toThrow(
    `There is no secret nowhere: put its value in the file ${join(folder, 'nowhere')}.`,
  )
  await expect(vault.secret('nowhere')).rejects.toMatchObject({ name: 'GiveUp' })
})

test.each(['../etc/passwd', '', 'a_b', 'a'.repeat(128), '.'])('the name %j does not reach the disk', async (name) => {
  await expect(vault.secret(name)).rejects.toThrow('is no name of a secret')
})

test('a value that Key Vault would refuse is refused here too', async () => {
  writeFileSync(join(folder, 'big'), 'x'.repeat(26 * 1024))
  await expect(vault.secret('big')).rejects.toThrow('over 25 KiB')
})
