import { html } from 'hono/html'
import { htmlDocument } from '../page/document.ts'

type Question = {
  readonly cluster: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly note: string
}

/** A page that asks what to investigate; looking at it asks nothing, since chats open links by themselves. */
export const askPage = (
  { cluster, kind, namespace, name, note }: Question,
  { said, report }: { readonly said: string; readonly report?: string },
): Promise<string> =>
  htmlDocument(
    `Ask about an object in ${cluster}`,
    html`<main>
<h1>What should be investigated?</h1>
<p>Any object in cluster ${cluster}, also one that looks well. An agent reads the cluster and writes a report; it changes nothing.</p>
${said === '' ? '' : html`<p role="status"><strong>${said}</strong>${report === undefined ? '' : html` <a href="${report}">Its report</a>`}</p>`}
<form method="post">
<p><label for="kind">Kind</label><br><input id="kind" name="kind" maxlength="100" required value="${kind}"></p>
<p><label for="namespace">Namespace, if it is in one</label><br><input id="namespace" name="namespace" maxlength="253" value="${namespace}"></p>
<p><label for="name">Name</label><br><input id="name" name="name" maxlength="253" required value="${name}"></p>
<p><label for="note">Why you ask, if you like</label><br><textarea id="note" name="note" maxlength="1000" rows="3">${note}</textarea></p>
<p><button type="submit">Investigate</button></p>
</form>
</main>`,
    { forms: true },
  )
