/** What CHANGELOG.md says of one version, without its heading. */
export function changesOf(changelog: string, version: string): string {
  const parts = changelog.split(/^## /m).slice(1)
  const mine = parts.find((part) => part.split('\n')[0]?.split(' ')[0] === version)
  if (mine === undefined)
    throw new Error(`CHANGELOG.md has no heading "## ${version}": give the changes since the last release that name.`)
  const text = mine.slice(mine.indexOf('\n') + 1).trim()
  if (text === '') throw new Error(`CHANGELOG.md says nothing below "## ${version}".`)
  return `${text}\n`
}
