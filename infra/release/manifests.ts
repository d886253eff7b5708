import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Names in the manifests → target of the Dockerfile. */
const targets: Readonly<Record<string, string>> = { 'nightcrier-mcp': 'mcp-server', nightcrier: 'standalone' }
const folders = {
  'nightcrier-reader.yaml': 'infra/kubernetes',
  'nightcrier-standalone.yaml': 'infra/kubernetes/standalone',
}

/** Each folder of manifests as one file that can be applied as it is, its images by digest. `images`: `target image` lines. */
export function withImages(root: string, images: string): Readonly<Record<string, string>> {
  const byTarget = new Map(
    images
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  )
  return Object.fromEntries(
    Object.entries(folders).map(([name, folder]) => {
      const files = readdirSync(join(root, folder))
        .filter((file) => file.endsWith('.yaml') && !['kustomization.yaml', 'secrets-access.yaml'].includes(file))
        // A namespace comes before what lies in it.
        .sort((a, b) => Number(b === 'namespace.yaml') - Number(a === 'namespace.yaml') || a.localeCompare(b))
      const text = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim()).join('\n---\n')
      const pinned = text.replace(/^(\s*image: )([\w-]+)$/gm, (_, before: string, image: string) => {
        const found = byTarget.get(targets[image] ?? '')
        if (found === undefined || !/@sha256:[0-9a-f]{64}$/.test(found))
          throw new Error(`There is no image by digest for ${image} of ${folder}.`)
        return before + found
      })
      return [name, `${pinned}\n`]
    }),
  )
}
