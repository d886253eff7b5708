/** One style sheet for every page: light and dark by the reader's setting, phone and print, system fonts only. */
export const style = `
:root { --ink:#1c2127; --soft:#57606a; --line:#d0d7de; --paper:#fff; --tint:#f6f8fa; --bad:#b42318; --warn:#8a5a00; --good:#1a7f37; --link:#0550ae; }
@media (prefers-color-scheme: dark) {
  :root { --ink:#e6edf3; --soft:#9aa5b1; --line:#3b434c; --paper:#0f1419; --tint:#1a2128; --bad:#ff8a80; --warn:#f2b84b; --good:#5bd778; --link:#79b8ff; }
}
* { box-sizing:border-box }
body { margin:0 auto; max-width:60rem; padding:1rem 1.25rem 4rem; color:var(--ink); background:var(--paper); font:16px/1.5 system-ui,sans-serif; overflow-wrap:anywhere }
h1 { font-size:1.45rem; line-height:1.3; margin:.5rem 0 }
h2 { font-size:1.1rem; margin:2rem 0 .5rem; border-bottom:1px solid var(--line); padding-bottom:.25rem }
a { color:var(--link) }
code, pre { font:0.875em/1.45 ui-monospace,monospace }
pre { background:var(--tint); border:1px solid var(--line); border-radius:6px; padding:.75rem; overflow:auto; max-height:30rem; white-space:pre-wrap }
.card { border:1px solid var(--line); border-left:6px solid var(--soft); border-radius:8px; padding:1rem 1.25rem; background:var(--tint) }
.card.critical { border-left-color:var(--bad) } .card.warning { border-left-color:var(--warn) } .card.info { border-left-color:var(--good) }
.badge { display:inline-block; border:1px solid currentColor; border-radius:99px; padding:0 .6rem; font-size:.8rem; font-weight:600; margin-right:.35rem }
.critical .badge.severity, .changes { color:var(--bad) } .warning .badge.severity { color:var(--warn) } .reads { color:var(--good) }
dl { display:grid; grid-template-columns:max-content 1fr; gap:.15rem 1rem; margin:.75rem 0 0 }
dt { color:var(--soft) } dd { margin:0 }
ol.timeline { list-style:none; padding:0; margin:0; border-left:2px solid var(--line) }
ol.timeline li { padding:.2rem 0 .2rem 1rem } ol.timeline time { color:var(--soft); font-variant-numeric:tabular-nums; margin-right:.5rem }
ol.chain { list-style:none; padding:0 } ol.chain li + li::before { content:"↓"; display:block; color:var(--soft) }
details { border:1px solid var(--line); border-radius:6px; padding:.4rem .75rem; margin:.4rem 0 } summary { cursor:pointer }
.soft { color:var(--soft) } .right { text-align:right }
table { border-collapse:collapse; width:100% } th, td { text-align:left; padding:.3rem .5rem; border-bottom:1px solid var(--line); vertical-align:top }
@media (max-width:40rem) { dl { grid-template-columns:1fr } dt { margin-top:.4rem } }
@media print { body { max-width:none } details { break-inside:avoid } }
`
