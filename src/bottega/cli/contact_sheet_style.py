"""How the contact sheet looks: light and dark, wide and narrow, without any file beside it."""

STYLE = """
:root {
  --ground: #f6f4ef; --paper: #fffdf9; --ink: #23211d; --quiet: #6d675d; --line: #e2ddd2;
  --accent: #8a4b2a; --green: #2f6b45; --green-ground: #e3efe6; --amber: #8a5a00; --amber-ground: #f8ebd0;
  --red: #9c2b22; --red-ground: #f7e0dc; --chip: #efe6da;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #171613; --paper: #211f1b; --ink: #ebe6dc; --quiet: #a39c8f; --line: #38342d;
    --accent: #dba27d; --green: #93cfa8; --green-ground: #21362a; --amber: #e5bd72; --amber-ground: #3b2f17;
    --red: #eda69e; --red-ground: #43231f; --chip: #35302a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 3rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
.page, main { max-width: 68rem; margin: 0 auto; }
h1, h2 { font-family: Georgia, "Iowan Old Style", "Noto Serif", serif; font-weight: 500; text-wrap: balance; }
h1 { font-size: 2.4rem; line-height: 1.15; margin: 0 0 1rem; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 0; }
h3 {
  font-size: .75rem; letter-spacing: .09em; text-transform: uppercase; font-weight: 600; color: var(--accent);
  margin: 0 0 .6rem;
}
p { margin: 0 0 .5rem; }
a { color: inherit; text-decoration-color: var(--quiet); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
.eyebrow { color: var(--accent); letter-spacing: .04em; margin: 0 0 .4rem; }
.facts { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; margin: 0; padding: 0; color: var(--quiet); }
.facts b { color: var(--ink); font-variant-numeric: tabular-nums; }
.card {
  background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 1.6rem 1.75rem 1.4rem;
  margin-top: 1.75rem;
}
.card > header { display: flex; gap: 1rem; justify-content: space-between; align-items: flex-start; margin-bottom: 1.1rem; }
.number { color: var(--quiet); font-style: italic; margin-right: .3rem; }
.badge { flex: none; border-radius: 99px; padding: .15rem .8rem; font-size: .85rem; font-weight: 600; }
.badge.green { color: var(--green); background: var(--green-ground); }
.badge.amber { color: var(--amber); background: var(--amber-ground); }
.badge.red { color: var(--red); background: var(--red-ground); }
.green { color: var(--green); } .amber { color: var(--amber); }
td.nowrap { white-space: nowrap; }
.pictures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.1rem; align-items: start; }
.pictures.n3 { grid-template-columns: repeat(3, minmax(0, 1fr)); }
figure { margin: 0; }
figure img {
  display: block; width: 100%; height: auto; max-height: 34rem; object-fit: contain; border-radius: 8px;
  background: color-mix(in srgb, var(--line) 55%, transparent);
}
figcaption { color: var(--quiet); font-size: .87rem; margin-top: .45rem; }
figcaption b { color: var(--ink); font-weight: 600; margin-right: .35rem; }
.strip {
  display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: 1.1rem 0 1.2rem; padding: .6rem 0;
  border: solid var(--line); border-width: 1px 0; font-size: .9rem; font-variant-numeric: tabular-nums;
}
.strip i { font-style: normal; color: var(--quiet); margin-right: .3rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(17.5rem, 1fr)); gap: 1.5rem 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; margin: .3rem 0 .6rem; font-variant-numeric: tabular-nums; }
td, th { text-align: left; font-weight: 400; padding: .28rem .7rem .28rem 0; vertical-align: top; border-top: 1px solid var(--line); }
tr:first-child > td, tr:first-child > th { border-top: 0; }
th { font-weight: 600; overflow-wrap: break-word; }
tr.why td { border-top: 0; padding-top: 0; color: var(--quiet); }
tr.head td { color: var(--quiet); }
ul.small { padding-left: 1.1rem; margin: 0 0 .6rem; }
.quiet { color: var(--quiet); } .small { font-size: .87rem; }
.chip { background: var(--chip); border-radius: 99px; padding: .05rem .6rem; font-size: .8rem; white-space: nowrap; }
details { margin-top: .9rem; font-size: .9rem; }
summary { cursor: pointer; color: var(--quiet); }
details table { columns: 2; display: block; }
pre {
  margin: 1rem 0 0; padding: .6rem .85rem; overflow-x: auto; border-radius: 8px; font-size: .82rem;
  background: color-mix(in srgb, var(--line) 45%, transparent);
}
footer.page { margin-top: 2.5rem; color: var(--quiet); font-size: .9rem; }
@media (max-width: 46rem) {
  body { padding: 1.5rem .75rem 3rem; }
  h1 { font-size: 1.8rem; }
  .card { padding: 1.1rem; border-radius: 10px; }
  .card > header { flex-direction: column; gap: .5rem; }
  .pictures, .pictures.n3 { grid-template-columns: minmax(0, 1fr); }
}
"""
