/** By the name's ending. Text that browsers would rather save than show is called plain; nothing is left to guessing. */
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  yaml: 'text/yaml; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  jsonl: 'text/plain; charset=utf-8',
  // Not a content encoding: a bundle is kept and checked as the bytes that came.
  gz: 'application/gzip',
}

export const contentType = (name: string): string =>
  types[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
