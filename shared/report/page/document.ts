import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { style } from './style.ts'

export type Html = ReturnType<typeof html>

const styleHash = createHash('sha256').update(style).digest('base64')
/** Nothing may run and nothing may be fetched; the one style sheet is inline and named by its hash. */
const policy = (forms: boolean) =>
  `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action ${forms ? "'self'" : "'none'"}`

/** A whole page that stands alone. `body` must come from the `html` template, which escapes what is put into it. */
export async function htmlDocument(title: string, body: Html, { forms = false } = {}): Promise<string> {
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(forms)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
${body}
</body>
</html>
`
  return shownAsIs(String(page))
}

/**
 * Control and direction characters can make a name or a command read as another one than is copied: they are written
 * out. The page's own text has none of them, so the whole page is one place to do it.
 */
const shownAsIs = (page: string): string =>
  page.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, (found) =>
    found === '\r' ? '' : `‹U+${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}›`,
  )
