import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** What GitHub makes of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const withoutCode = (text: string) => text.replace(/^ *```[\s\S]*?^ *```/gm, '').replace(/`[^`\n]*`/g, '')
const targets = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].flatMap(
    ([, linked, embedded]) => linked ?? embedded ?? [],
  )
const isForeign = (target: string) => /^[a-z][a-z+.-]*:/i.test(target)

/** Files of this repository that a page leads to, as paths from the root. */
export const linksOf = (page: string, text: string): readonly string[] =>
  targets(text)
    .filter((target) => !isForeign(target) && !target.startsWith('#'))
    .map((target) => join(dirname(page), target.split('#')[0] ?? ''))

/** Links of a page that lead nowhere: to no file, or to no heading of it. */
export function deadLinks(root: string, page: string, text: string): readonly string[] {
  return targets(text).filter((target) => {
    if (isForeign(target)) return false
    const [file = '', fragment] = target.split('#')
    const path = file === '' ? join(root, page) : resolve(root, dirname(page), file)
    if (relative(root, path).startsWith('..') || !existsSync(path)) return true
    if (fragment === undefined || !path.endsWith('.md')) return false
    const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading))
    return !headings.includes(fragment)
  })
}
