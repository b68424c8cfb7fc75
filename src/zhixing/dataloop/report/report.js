"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";
const OUTCOMES = ["goal", "timeout", "off_road", "collision"];
let sceneShown = 0;

/** What people call a slice. */
function called(name) { return data.names[name] ? data.names[name][lang] : name.replace(/^place:/, say("place") + " ").replace(/^(family|pattern):/, ""); }
/** Make an element; what strangers wrote becomes text, never markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value); else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
function picture(width, height, label) {
  return draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
}
const signed = (value, digits = 3) => (value >= 0 ? "+" : "−") + Math.abs(value).toFixed(digits);

function head() {
  const langs = make("div", { class: "langs", role: "group", "aria-label": "语言 Language Sprache" },
    ...["中文", "English", "Deutsch"].map((name, k) => make("button", {
      "aria-pressed": String(k === lang), onclick: () => { lang = k; render(); } }, name)));
  return make("header", {}, make("h1", {}, `知行 Zhixing · ${say("title")}`), langs);
}
function verdict() {
  const v = data.verdict, d = v.difference;
  const box = make("section", { class: `verdict ${v.passes ? "yes" : "no"}`, "aria-label": say("title") },
    make("strong", {}, say(v.passes ? "passes" : "fails")),
    make("p", {}, `${v.candidate} ${say("against")} ${v.incumbent} · ${lang === 0 ? `${v.num_scenarios} 个场景` : `${v.num_scenarios} ${say("scenarios")}`} · ` +
      `${say("score")} ${signed(d.mean, 4)} (95 %: [${signed(d.low, 4)}, ${signed(d.high, 4)}]) · ${say(data.background)}`));
  box.append(make("ul", { class: "findings" }, ...v.findings.map((one) => make("li", {},
    make("span", { class: `mark ${one.is_met ? "met" : "unmet"}` }, one.is_met ? "✓" : "✗"),
    make("span", {}, say(one.rule === "coverage" ? "rule.coverage" : one.rule)),
    make("span", {}, one.says[LANGS[lang]], one.scenarios.length ? make("span", { class: "dim" }, " " + one.scenarios.join(", ")) : "")))));
  return box;
}
function funnel() {
  const rows = data.funnel, most = Math.max(...rows.map(([, count]) => count), 1), svg = picture(540, rows.length * 30 + 6, say("funnel"));
  rows.forEach(([name, count], k) => {
    const y = 4 + k * 30;
    svg.append(draw("text", { x: 0, y: y + 16 }, say(name)),
      draw("rect", { x: 150, y, width: Math.max(2, 320 * count / most), height: 22, rx: 4, fill: "var(--ours)", opacity: 0.25 + 0.6 * (k + 1) / rows.length }),
      draw("text", { x: 158 + Math.max(2, 320 * count / most), y: y + 16 }, count.toLocaleString("en")));
  });
  return svg;
}
function scatter() {
  const svg = picture(540, 420, say("differences")), px = (value) => 60 + 440 * value, py = (value) => 370 - 340 * value;
  for (let k = 0; k <= 4; k++) {
    svg.append(draw("line", { x1: px(k / 4), x2: px(k / 4), y1: py(0), y2: py(1), stroke: "var(--line)" }),
      draw("line", { x1: px(0), x2: px(1), y1: py(k / 4), y2: py(k / 4), stroke: "var(--line)" }),
      draw("text", { x: px(k / 4), y: 388, "text-anchor": "middle", class: "dim" }, (k / 4).toFixed(2)),
      draw("text", { x: 52, y: py(k / 4) + 4, "text-anchor": "end", class: "dim" }, (k / 4).toFixed(2)));
  }
  svg.append(draw("line", { x1: px(0), y1: py(0), x2: px(1), y2: py(1), stroke: "var(--dim)", "stroke-dasharray": "4 4" }),
    draw("text", { x: 280, y: 412, "text-anchor": "middle" }, `${say("incumbent")} ${data.verdict.incumbent}`),
    draw("text", { x: 14, y: 200, "text-anchor": "middle", transform: "rotate(-90 14 200)" }, `${say("candidate")} ${data.verdict.candidate}`));
  for (const [ours, theirs] of data.cards) {
    const dot = draw("circle", { cx: px(theirs.score), cy: py(ours.score), r: 5, "fill-opacity": 0.55,
      fill: ours.outcome === "collision" ? "var(--bad)" : "var(--ours)" });
    dot.append(draw("title", {}, `${ours.scenario}: ${theirs.score.toFixed(3)} → ${ours.score.toFixed(3)}`));
    svg.append(dot);
  }
  return svg;
}
function slices() {
  const rows = [...data.verdict.slices].sort((a, b) => Number(b.is_judged) - Number(a.is_judged) || a.name.localeCompare(b.name));
  const reach = Math.max(0.02, ...rows.flatMap((one) => [Math.abs(one.difference.low), Math.abs(one.difference.high)]));
  const svg = picture(1120, rows.length * 24 + 34, say("slices")), px = (value) => 640 + 420 * Math.min(Math.max(value / reach, -1), 1);
  svg.append(draw("line", { x1: px(0), x2: px(0), y1: 0, y2: rows.length * 24 + 6, stroke: "var(--dim)" }));
  for (const value of [-reach, -reach / 2, 0, reach / 2, reach]) {
    svg.append(draw("text", { x: px(value), y: rows.length * 24 + 24, "text-anchor": "middle", class: "dim" }, signed(value, 2)));
  }
  rows.forEach((one, k) => {
    const y = 14 + k * 24, d = one.difference, fill = !one.is_judged ? "var(--theirs)" : one.is_worse ? "var(--bad)" : d.low > 0 ? "var(--good)" : "var(--ours)";
    svg.append(draw("text", { x: 0, y: y + 4, class: one.is_judged ? "" : "dim" }, called(one.name)),
      draw("text", { x: 215, y: y + 4, "text-anchor": "end", class: "dim" }, `n = ${d.count}`),
      draw("line", { x1: px(d.low), x2: px(d.high), y1: y, y2: y, stroke: fill, "stroke-width": 2, opacity: one.is_judged ? 1 : 0.4 }),
      draw("circle", { cx: px(d.mean), cy: y, r: 4.5, fill, opacity: one.is_judged ? 1 : 0.4 }));
  });
  return svg;
}
function outcomes() {
  const count = (theirs, ours) => data.cards.filter(([one, other]) => one.outcome === ours && other.outcome === theirs).length;
  return make("table", {}, make("tr", {}, make("th", {}), ...OUTCOMES.map((name) => make("th", { class: "n" }, say(name)))),
    ...OUTCOMES.map((theirs) => make("tr", {}, make("th", {}, say(theirs)),
      ...OUTCOMES.map((ours) => make("td", { class: "n" }, String(count(theirs, ours) || "·"))))));
}
function coverage() {
  const kinds = (kind) => [...new Set(Object.values(data.slices).flat().filter((name) => name.startsWith(kind)))].sort();
  const columns = [...kinds("family:"), ...kinds("time:")], rows = [...kinds("pattern:"), ...kinds("class:"), ...kinds("place:")];
  const count = (row, column) => Object.values(data.slices).filter((all) => all.includes(row) && all.includes(column)).length;
  const most = Math.max(1, ...rows.flatMap((row) => columns.map((column) => count(row, column))));
  return make("table", {}, make("tr", {}, make("th", {}), ...columns.map((name) => make("th", { class: "n" }, called(name)))),
    ...rows.map((row) => make("tr", {}, make("th", {}, called(row)), ...columns.map((column) => {
      const n = count(row, column), cell = make("td", { class: "n" }, n ? String(n) : "");
      if (n) cell.style.background = `rgba(var(--cell), ${0.08 + 0.45 * n / most})`;
      return cell;
    }))));
}
function scenes() {
  if (!data.worst.length) return make("p", { class: "note" }, say("none"));
  const score = Object.fromEntries(data.cards.map(([ours, theirs]) => [ours.scenario, [ours, theirs]]));
  const canvas = make("canvas", { role: "img", "aria-label": say("worst") }), slider = make("input", { type: "range", min: "0", step: "0.1", value: "0", "aria-label": say("time") });
  const clock = make("span", { class: "dim" }, "0.0 s"), button = make("button", {}, say("play"));
  const words = { candidate: make("div", { class: "ours" }), incumbent: make("div", { class: "theirs" }) };
  const view = make("select", { "aria-label": say("others") }, make("option", { value: "candidate" }, `${say("candidate")}: ${data.verdict.candidate}`),
    make("option", { value: "incumbent" }, `${say("incumbent")}: ${data.verdict.incumbent}`));
  const player = new Player(canvas, (t) => {
    slider.max = String(player.end); slider.value = String(t); clock.textContent = `${t.toFixed(1)} s`;
    button.textContent = say(player.isPlaying ? "pause" : "play");
    for (const who of ["candidate", "incumbent"]) {
      const run = player.scene[who], said = run.says.filter(([since]) => since <= t + 1e-6).at(-1), speed = player.ego(who)[3] * 3.6;
      words[who].textContent = `${data.verdict[who]}: ${said ? said[1 + lang] : ""} · ${Math.abs(speed).toFixed(0)} km/h` + (t >= run.t.at(-1) ? ` · ${say(run.outcome)}` : "");
    }
  });
  button.addEventListener("click", () => { player.play(!player.isPlaying); button.textContent = say(player.isPlaying ? "pause" : "play"); });
  slider.addEventListener("input", () => { player.isPlaying = false; player.seek(Number(slider.value)); });
  view.addEventListener("change", () => { player.view = view.value; player.draw(); });
  const list = make("ol", {}, ...data.worst.map((scene, k) => {
    const [ours, theirs] = score[scene.scenario];
    return make("li", {}, make("button", { "aria-pressed": String(k === sceneShown), onclick: (event) => {
      sceneShown = k; player.isPlaying = false; player.show(scene);
      for (const other of list.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === event.currentTarget));
    } }, scene.scenario, make("div", { class: "dim" },
      `${theirs.score.toFixed(3)} → ${ours.score.toFixed(3)} (${signed(ours.score - theirs.score)}) · ${say(ours.outcome)}`)));
  }));
  queueMicrotask(() => player.show(data.worst[sceneShown]));
  return make("div", { class: "scenes" }, list, make("div", {}, canvas,
    make("div", { class: "play" }, button, slider, clock, view), make("div", { class: "says" }, words.candidate, words.incumbent)));
}
function part(title, note, ...content) {
  return make("section", { "aria-label": say(title) }, make("h2", {}, say(title)), note ? make("p", { class: "note" }, say(note)) : "", ...content);
}
function render() {
  document.documentElement.lang = LANGS[lang];
  const failed = Object.entries(data.failed), card = (content) => make("div", { class: "card" }, content);
  document.getElementById("page").replaceChildren(head(), verdict(),
    make("div", { class: "cols" }, part("funnel", "", card(funnel())), part("outcomes", "outcomesNote", card(outcomes()))),
    part("slices", "slicesNote", card(slices())), part("worst", "worstNote", scenes()),
    make("div", { class: "cols" }, part("differences", "differencesNote", card(scatter())), part("coverage", "coverageNote", card(coverage()))),
    failed.length ? part("failed", "", card(make("table", {}, ...failed.map(([name, why]) => make("tr", {}, make("td", {}, name), make("td", {}, why)))))) : "",
    make("footer", {}, `zhixing trace ${data.key}`));
}
lang = Math.max(0, LANGS.indexOf((navigator.language || "zh").slice(0, 2)));
render();
