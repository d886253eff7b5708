import { html } from 'hono/html'
import type { Answer, Feedback } from '../../artifacts/feedback.ts'
import type { Incident } from '../../incident/incident.ts'
import { htmlDocument } from '../page/document.ts'

const labels: Readonly<Record<Answer, string>> = {
  right: 'Right: that was the cause',
  partly: 'Partly right',
  wrong: 'Wrong',
}

/** A page with one question. Without a script: the form goes to the address it came from, whose query carries the key. */
export const feedbackPage = (
  incident: Incident,
  feedback: Feedback,
  state: { readonly chosen: Answer | undefined; readonly thanks: boolean },
): Promise<string> =>
  htmlDocument(
    `Was the report on ${incident.owner.kind} ${incident.owner.name} right?`,
    html`<main>
<h1>Was this report right?</h1>
<p>${incident.owner.kind} ${incident.owner.name} in cluster ${incident.cluster}: ${incident.rootCause ?? 'no cause was established'}.</p>
${state.thanks ? html`<p role="status"><strong>Thank you: your answer is kept.</strong></p>` : ''}
<form method="post">
<fieldset>
<legend>The root cause it names is</legend>
${(['right', 'partly', 'wrong'] as const).map((answer) => radio(answer, state.chosen === answer))}
</fieldset>
<p><label for="cause">What was the real cause? (words, or <code>Kind/namespace/name Class</code>)</label><br>
<input id="cause" name="cause" maxlength="500"></p>
<p><label for="comment">Anything else</label><br>
<textarea id="comment" name="comment" maxlength="2000" rows="4"></textarea></p>
<p><label for="by">Your name, if you like</label><br>
<input id="by" name="by" maxlength="100" autocomplete="name"></p>
<p><button type="submit">Send</button></p>
</form>
${feedback.entries.length === 0 ? '' : html`<h2>Said so far</h2><ul>${feedback.entries.map(said)}</ul>`}
</main>`,
    { forms: true },
  )

const radio = (answer: Answer, chosen: boolean) =>
  html`<p><input type="radio" id="${answer}" name="answer" value="${answer}" required ${chosen ? 'checked' : ''}> <label for="${answer}">${labels[answer]}</label></p>`

const said = ({ answer, cause, comment, by, at }: Feedback['entries'][number]) =>
  html`<li><time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>: <strong>${answer}</strong>${by === '' ? '' : html`, says ${by}`}${cause === '' ? '' : html`; really: ${cause}`}${comment === '' ? '' : html`. ${comment}`}</li>`
