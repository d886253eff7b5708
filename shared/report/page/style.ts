/** Rows that the list's radio buttons hide: states, severities, and as many clusters as the list names. */
const states = ['open', 'queued', 'running', 'reported', 'evidence-only', 'failed', 'skipped', 'resolved'].map(
  (name) => `s-${name}`,
)
const severities = ['critical', 'warning', 'info'].map((name) => `v-${name}`)
const clusters = [...Array.from({ length: 20 }, (_, index) => `c-${index}`), 'c-rest']
const hidden = [...states, ...severities, ...clusters]
  .map((name) => `.list:has(#${name}:checked) tbody tr[class]:not(.${name})`)
  .join(',')

/** One style sheet for every page: light and dark by the reader's setting, phone and print, system fonts only. */
export const style = `
:root { --ink:#1c2127; --soft:#57606a; --line:#d0d7de; --edge:#7d8793; --paper:#fff; --tint:#f6f8fa; --bad:#b42318; --warn:#8a5a00; --good:#1a7f37; --link:#0550ae; --calm:#6639ba; --mark:#fff2b3; --down:#f7c8c3 }
@media (prefers-color-scheme: dark) {
  :root { --ink:#e6edf3; --soft:#9aa5b1; --line:#3b434c; --edge:#7d8793; --paper:#0f1419; --tint:#1a2128; --bad:#ff8a80; --warn:#f2b84b; --good:#5bd778; --link:#79b8ff; --calm:#c9a6ff; --mark:#5c4a00; --down:#5a2a27 }
}
* { box-sizing:border-box }
html { scroll-padding-top:1rem }
body { margin:0 auto; max-width:60rem; padding:1rem 1.25rem 4rem; color:var(--ink); background:var(--paper); font:16px/1.5 system-ui,sans-serif; overflow-wrap:anywhere }
h1 { font-size:1.5rem; line-height:1.25; margin:.5rem 0 }
h2 { font-size:1.15rem; margin:2.25rem 0 .6rem; border-bottom:1px solid var(--line); padding-bottom:.25rem }
h2.label { font-size:.85rem; margin:1rem 0 .25rem; border:0; padding:0; color:var(--soft) }
h3 { font-size:1rem; margin:1.25rem 0 .35rem } h4 { font-size:.95rem; margin:1rem 0 .25rem }
p { margin:.35rem 0 }
a { color:var(--link) }
:focus-visible { outline:3px solid var(--link); outline-offset:2px; border-radius:3px }
code, pre { font:0.875em/1.45 ui-monospace,monospace; unicode-bidi:isolate }
pre { background:var(--paper); border:1px solid var(--line); border-radius:6px; padding:.75rem; overflow:auto; max-height:30rem; white-space:pre-wrap; margin:.5rem 0 }
pre.command { border-color:var(--edge); user-select:all; font-size:.95rem }
mark { background:var(--mark); color:inherit }
.soft { color:var(--soft) } .right { text-align:right }
.unseen { position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap }
.card { border:1px solid var(--line); border-left:6px solid var(--soft); border-radius:8px; padding:.75rem 1.25rem 1rem; background:var(--tint) }
.card.critical { border-left-color:var(--bad) } .card.warning { border-left-color:var(--warn) } .card.info { border-left-color:var(--link) }
.badge { display:inline-block; border:1px solid currentColor; border-radius:99px; padding:0 .6rem; font-size:.8rem; font-weight:600; margin-right:.35rem; max-width:100% }
.critical.badge, .badge.bad, .badge.failed, .changes { color:var(--bad) } .warning.badge { color:var(--warn) } .info.badge { color:var(--link) } .reads, .over, .badge.good, .badge.active { color:var(--good) }
.effect { font-size:.8rem; border-radius:4px; padding:.05rem .4rem; border:2px solid currentColor; white-space:nowrap }
.harm { margin:0 0 .25rem } .card h1 { margin:.15rem 0 } .because { font-size:1.1rem; font-weight:600; margin:.1rem 0 .4rem } .where { margin:.35rem 0 }
dl.beside { gap:.05rem .75rem; margin:.25rem 0 .5rem; font-size:.9rem; grid-template-columns:max-content minmax(0,1fr) } .proof { margin:.2rem 0 } .proof q { font:.875rem/1.45 ui-monospace,monospace }
.foot { font-size:.85rem } .foot h2 { font-size:1rem }
.alarm { border-left:4px solid var(--bad); padding:.35rem .75rem }
dl { display:grid; grid-template-columns:max-content 1fr; gap:.15rem 1rem; margin:.5rem 0 0 }
dt { color:var(--soft) } dd { margin:0 }
dl.facts { display:flex; flex-wrap:wrap; gap:.35rem 2rem }
dl.facts dt { font-size:.8rem }
nav { margin:1rem 0 0; display:flex; flex-wrap:wrap; gap:.25rem 1.1rem }
nav a { padding:.25rem 0 }
.cite { font:600 .75rem/1 ui-monospace,monospace; padding:0 .2rem; white-space:nowrap }
.quoted { display:block; color:var(--soft); font-size:.9rem } .quoted q { font-family:ui-monospace,monospace; font-size:.85rem }
ol.claims li { margin:.35rem 0 }
svg { overflow:visible } svg text { font:12px system-ui,sans-serif; fill:var(--soft) }
svg.drawn { display:block; margin:.5rem 0 1rem }
svg .rail { stroke:var(--line) } svg .path { stroke:var(--edge); stroke-width:1.5; stroke-dasharray:2 3 }
svg .middle { text-anchor:middle } svg .end { text-anchor:end }
svg .dot { fill:var(--paper); stroke:var(--soft); stroke-width:3 }
svg .dot.change { stroke:var(--warn) } svg .dot.symptom { stroke:var(--bad) } svg .dot.detection { stroke:var(--link) } svg .dot.verdict { stroke:var(--link); fill:var(--link) } svg .dot.resolution { stroke:var(--good); fill:var(--good) }
ol.timeline { list-style:none; padding:0; margin:0 }
ol.timeline li { display:grid; grid-template-columns:4.75rem 7rem 6.75rem 1fr; gap:0 .5rem; padding:.3rem 0; border-top:1px solid var(--line); align-items:start }
ol.timeline .day { grid-column:1/-1; font-size:.8rem; color:var(--soft) } ol.timeline .when, ol.timeline .offset { font-variant-numeric:tabular-nums } ol.timeline .offset { color:var(--soft); text-align:right; padding-right:.75rem } ol.timeline .badge { justify-self:start }
li.change > .badge { color:var(--warn) } li.symptom > .badge { color:var(--bad) } li.detection > .badge, li.verdict > .badge { color:var(--link) } li.resolution > .badge { color:var(--good) }
ol.chain { list-style:none; padding:0; margin:0 }
ol.chain .link { border:1px solid var(--line); border-radius:8px; padding:.5rem .75rem; background:var(--tint) } ol.chain .first { border:2px solid var(--bad) }
ol.chain .kind { display:block; font-size:.8rem; color:var(--soft) } ol.chain .soft { display:block; font-size:.8rem } ol.chain p { font-size:.9rem }
.arrow { display:block; margin:.15rem auto } .arrow path { fill:none; stroke:var(--edge); stroke-width:2 }
.hypothesis, .remedy { border-left:3px solid var(--line); padding-left:.9rem; margin:1rem 0 } .hypothesis.leading { border-left-color:var(--link) } .remedy.changing { border-left-color:var(--bad) }
.hypothesis :is(h3,h4), .remedy h3 { margin-top:0 }
svg .up { fill:var(--good) } svg .down { fill:var(--down); stroke:var(--bad) }
ul.objects { display:flex; flex-wrap:wrap; gap:.35rem; list-style:none; padding:0 } ul.objects li { border:1px solid var(--line); border-radius:4px; padding:0 .5rem; font-size:.9rem }
details { border:1px solid var(--line); border-radius:6px; padding:.4rem .75rem; margin:.4rem 0; background:var(--tint) } summary { cursor:pointer }
details:has(:target) { border-color:var(--link) }
ul.answers { list-style:none; padding:0; display:flex; flex-wrap:wrap; gap:.5rem } ul.answers a { display:inline-block; padding:.35rem .9rem; border:1px solid var(--edge); border-radius:6px; text-decoration:none; font-weight:600 }
.cut { color:var(--warn); font-weight:600 }
.prose table { width:auto }
.phase { stroke:var(--paper) } .p0 { fill:#0969da } .p1 { fill:#9a6700 } .p2 { fill:#8250df } .p3 { fill:#1a7f37 } .p4 { fill:#bf3989 }
ul.legend { list-style:none; padding:0; display:flex; flex-wrap:wrap; gap:.25rem 1.25rem; margin:.35rem 0; font-size:.9rem }
table { border-collapse:collapse; width:100% } th, td { text-align:left; padding:.35rem .5rem; border-bottom:1px solid var(--line); vertical-align:top } th { font-size:.85rem; color:var(--soft) }
body:has(.list) { max-width:76rem }
.list .figures { display:grid; gap:0 2rem } .figures h2 { font-size:1rem; margin-top:1rem }
.chart { display:block } .bar.critical { fill:var(--bad) } .bar.warning { fill:var(--warn) } .bar.info { fill:var(--link) } .bar.plain { fill:var(--calm) }
table.bars th { white-space:nowrap; width:1% } table.bars th, table.bars td { border:0; padding:.1rem .4rem } table.bars td.right { width:1%; white-space:nowrap }
.filters { display:flex; flex-wrap:wrap; gap:.5rem 1rem; margin:0 0 1rem } fieldset { border:1px solid var(--line); border-radius:6px; padding:.1rem .75rem .35rem; min-width:0 } legend { font-size:.8rem; color:var(--soft) }
label { display:inline-block; margin-right:.6rem; padding:.15rem 0 } input:is([type=radio],[type=checkbox]) { accent-color:var(--link); width:1.1rem; height:1.1rem; vertical-align:-.15rem }
input:not([type=radio],[type=checkbox]), textarea, button { font:inherit; color:inherit; background:var(--paper); border:1px solid var(--edge); border-radius:6px; padding:.35rem .6rem } input:not([type=radio],[type=checkbox]), textarea { width:100%; max-width:40rem } button { font-weight:600; padding:.35rem 1.25rem; cursor:pointer }
${hidden} { display:none }
.incidents { table-layout:fixed } .incidents th { overflow-wrap:normal } .incidents td:first-child { font-variant-numeric:tabular-nums }
.incidents time, .severity.badge { white-space:nowrap } .incidents th:nth-child(1) { width:9.5rem } .incidents th:nth-child(3) { width:8rem } .incidents th:nth-child(4) { width:7.75rem } .incidents th:nth-child(5) { width:8.5rem } .incidents th:nth-child(6) { width:3.5rem } .incidents .soft { font-size:.9rem }
.clusters { font-size:.8125rem; line-height:1.4 } .clusters :is(td,th) { padding:.15rem .5rem .15rem 0; overflow-wrap:normal } .clusters tbody th { font-size:.8125rem; color:var(--ink); overflow-wrap:anywhere } .clusters tbody th .soft { font-weight:400 } .clusters td:not([colspan]) { white-space:nowrap } .clusters .badge { font-size:.75rem }
.clusters tr.down > td:first-child { border-left:5px solid var(--bad); padding-left:.4rem } .clusters tr:has(+ .more) > * { border-bottom:0 } .clusters .more td { padding-left:1rem } .clusters details { display:inline-block; margin:0; padding:0 .4rem; background:none; vertical-align:top }
.choices { display:flex; flex-wrap:wrap; gap:.1rem .9rem; margin:.1rem 0 } .choices > :first-child { min-width:5.5rem } .choices a, .choices strong { padding:.15rem 0 } nav.filters { display:block; margin:.5rem 0 1rem }
.number { font-size:1.5rem; font-weight:600 } .number.bad { color:var(--bad) }
@media (min-width:48rem) {
  .list .figures { grid-template-columns:1fr 1fr } .list .figures section:first-child { grid-column:1/-1 }
  ol.chain.short { display:flex; align-items:stretch } ol.chain.short li { flex:1 1 0; display:flex; align-items:center; min-width:0 } ol.chain.short .link { flex:1; align-self:stretch; min-width:0 } ol.chain.short .arrow { transform:rotate(-90deg); flex:none; margin:0 .1rem }
}
@media (max-width:40rem) {
  body { padding:.5rem .75rem 3rem } .card { padding:.5rem .85rem .85rem } h1 { font-size:1.25rem } h2 { margin-top:1.5rem } svg.drawn { display:none }
  dl:not(.beside) { grid-template-columns:1fr } dl:not(.facts,.beside) dt { margin-top:.4rem }
  ol.timeline li { grid-template-columns:4.75rem 1fr auto } ol.timeline .offset { text-align:left } ol.timeline .what { grid-column:1/-1 }
  .lane { font-size:11px }
}
@media screen and (max-width:60rem) {
  .incidents thead { position:absolute; clip-path:inset(50%); width:1px; height:1px; overflow:hidden }
  .incidents, .incidents tbody { display:block }
  .incidents tr { display:flex; flex-wrap:wrap; gap:0 .9rem; padding:.45rem 0; border-bottom:1px solid var(--line); font-size:.9rem } .incidents td { border:0; padding:0 } .incidents td:nth-child(2) { flex:1 0 100%; order:-1; font-size:1rem } .incidents td:not(:nth-child(2)) br { display:none } .incidents td:last-child::after { content:'×' }
  .clusters, .clusters tbody { display:block }
  .clusters thead { position:absolute; clip-path:inset(50%); width:1px; height:1px; overflow:hidden }
  .clusters tr { display:flex; flex-wrap:wrap; gap:0 .9rem; padding:.3rem 0; border-bottom:1px solid var(--line) } .clusters tr:has(+ .more) { border-bottom:0 } .clusters :is(td,tbody th) { border:0; padding:0 } .clusters tbody th { flex:1 1 55% } .clusters tr:not(.more) td:first-child { flex:none } .clusters td[data-name]::before { content:attr(data-name) ' '; color:var(--soft) } .clusters .more td { padding:0 0 .3rem } .clusters tr.down > td:first-child { padding-left:.4rem }
}
@media (forced-colors:active) { mark { background:Mark; color:MarkText } }
@media print {
  @page { margin:1.5cm }
  :root { --ink:#000; --soft:#444; --line:#bbb; --edge:#666; --paper:#fff; --tint:#fff; --bad:#a11; --warn:#750; --good:#165; --link:#024; --mark:#ffec99; --down:#fdd }
  body { max-width:none; padding:0; font-size:11pt } nav, .filters { display:none } pre { max-height:none }
  details::details-content { content-visibility:visible; height:auto; block-size:auto; opacity:1 }
  .incidents { table-layout:auto; font-size:8.5pt; line-height:1.3 } .incidents th:nth-child(n) { width:auto } .incidents :is(td,th) { padding:.1rem .4rem .1rem 0 } .incidents td:nth-child(n+3) { overflow-wrap:normal } .incidents .soft, .incidents th { font-size:8pt } .incidents .badge { font-size:7.5pt; padding:0 .3rem } .incidents tr, .clusters tr { break-inside:avoid }
  section > h2, h3 { break-after:avoid } article, .card, li, dl { break-inside:avoid }
}
`
