import { html } from 'hono/html'
import type { Verdict } from '../../artifacts/verdict.ts'
import type { Html } from './document.ts'
import { section } from './marks.ts'

const arrow = html`<svg class="arrow" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2v14M4 10l6 7 6-7"/></svg>`

/** From the object at fault, by what passes it on, to the one in which it showed. */
export const chain = ({ chain: links, rootCauses }: Verdict): Html | '' =>
  section(
    'chain',
    'Cause to symptom',
    links,
    (list) =>
      html`<ol class="chain${list.length <= 4 ? ' short' : ''}">${list.map(
        (one, index) => html`<li>${index === 0 ? '' : arrow}<div class="link${index === 0 ? ' first' : ''}">
<span class="kind">${one.kind}${index === 0 ? html` <span class="badge">cause</span>` : ''}${index === list.length - 1 && index > 0 ? html` <span class="badge">symptom</span>` : ''}</span>
<strong>${one.name}</strong><span class="soft">${one.namespace}</span>
${rootCauses.some(({ summary }) => summary === one.mechanism) ? '' : html`<p>${one.mechanism}</p>`}</div></li>`,
      )}</ol>`,
  )
