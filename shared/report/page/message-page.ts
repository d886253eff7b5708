import { html } from 'hono/html'
import { htmlDocument } from './document.ts'

/** One sentence for somebody who expected another page. */
export const messagePage = (title: string, text: string): Promise<string> =>
  htmlDocument(title, html`<main><h1>${title}</h1><p>${text}</p></main>`)
