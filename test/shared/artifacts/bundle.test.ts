import { expect, test } from 'vitest'
import { Bundle } from '../../../shared/artifacts/bundle.ts'

const files = (name: string) => Bundle.shape.files.safeParse({ [name]: 'x' }).success

test('a file of a bundle stays in its incident’s folder', () => {
  for (const name of ['verdict.json', 'logs/web.log', '..a.txt', 'logs/.hidden']) expect(files(name), name).toBe(true)
  for (const name of ['../index.html', '..', '.', './a', 'logs/..', 'logs/.', '/etc/x', 'a/b/c', 'logs/../x'])
    expect(files(name), name).toBe(false)
})
