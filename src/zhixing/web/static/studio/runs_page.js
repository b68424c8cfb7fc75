// Runs of the loop: who did how well, what the gate says, and any scenario with both drivers side by side.
import { LitElement, css, html } from "lit";
import { Speak, number, sentence, t } from "../lib/i18n.js";
import { get } from "./api.js";
import { desk } from "./styles.js";
import { loaded, roleName, ruleName, verdictWord } from "./words.js";
import "./run_form.js";
import "./scene_player.js";
import "./virtual_list.js";

const OUTCOMES = ["goal", "collision", "off_road", "timeout"];

/** @param {number} value */
const signed = (value) => {
  const rounded = Math.round(value * 1000) / 1000 || 0;
  return `${rounded > 0 ? "+" : ""}${number(rounded, 3)}`;
};

class RunsPage extends LitElement {
  static properties = {
    isShown: { type: Boolean },
    runs: { state: true },
    verdict: { state: true },
    chosen: { state: true },
    scene: { state: true },
    problem: { state: true },
  };
  static styles = [
    desk,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(360px, 440px) minmax(0, 1fr);
        gap: 14px;
        align-items: start;
      }
      @media (max-width: 900px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .card {
        margin-bottom: 14px;
        overflow-x: auto;
      }
      .title {
        display: flex;
        gap: 6px 18px;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
      }
      .title h2 {
        margin: 0;
      }
      .run {
        display: block;
        width: 100%;
        height: auto;
        padding: 10px 12px;
        margin-bottom: 6px;
        text-align: left;
        white-space: normal;
      }
      .run[aria-pressed="true"] .quiet {
        color: inherit;
      }
      .board {
        font-size: 14px;
      }
      .board :is(th, td) {
        padding-inline: 3px;
      }
      .finding {
        display: grid;
        grid-template-columns: 22px 150px minmax(0, 1fr);
        gap: 8px;
        padding: 5px 0;
        border-top: 1px solid var(--line);
      }
      .slice {
        display: grid;
        grid-template-columns: minmax(0, 190px) 50px minmax(0, 1fr) 70px;
        gap: 10px;
        align-items: center;
        padding: 2px 0;
      }
      .slice span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .range {
        position: relative;
        height: 16px;
        background: linear-gradient(var(--line), var(--line)) center / 1px 100% no-repeat;
      }
      .range i,
      .range b {
        position: absolute;
        top: 6px;
        height: 4px;
        border-radius: 2px;
        background: var(--text-quiet);
      }
      .range b {
        top: 3px;
        width: 10px;
        height: 10px;
        margin-left: -5px;
        border-radius: 5px;
      }
      .range.better > * {
        background: var(--good);
      }
      .range.worse > * {
        background: var(--danger);
      }
      .range.unjudged {
        opacity: 0.4;
      }
      scene-player {
        --player-height: 38vh;
      }
      virtual-list {
        height: 360px;
      }
      a {
        color: var(--accent);
      }
    `,
  ];

  constructor() {
    super();
    new Speak(this);
    loaded.then(() => this.requestUpdate());
    this.isShown = false;
    this.runs = null;
    this.verdict = null;
    this.chosen = -1;
    this.scene = null;
    this.problem = null;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("isShown") && this.isShown) this.#load();
  }

  async #load() {
    try {
      this.runs = await get("/runs");
      this.problem = null;
      if (!this.verdict && this.runs.verdicts.length) await this.#open(this.runs.verdicts[0].key);
    } catch (problem) {
      this.problem = problem;
    }
  }

  /** @param {string} key */
  async #open(key) {
    try {
      this.verdict = await get(`/verdicts/${key}`);
      this.scene = null;
      this.chosen = -1;
      if (this.verdict.scenarios.length) await this.#choose(0);
    } catch (problem) {
      this.problem = problem;
    }
  }

  /** @param {number} index */
  async #choose(index) {
    this.chosen = index;
    const { key, scenarios } = this.verdict;
    try {
      const scene = await get(`/verdicts/${key}/scenes?name=${encodeURIComponent(scenarios[index].name)}`);
      if (this.verdict.key === key && this.chosen === index) this.scene = scene;
    } catch (problem) {
      this.problem = problem;
    }
  }

  #mark(passes) {
    return html`<b class=${passes ? "good" : "bad"}>${passes ? "✓" : "✗"} ${verdictWord(passes ? "passes" : "fails")}</b>`;
  }

  #run(one) {
    return html`<button class="run" aria-pressed=${this.verdict?.key === one.key} @click=${() => this.#open(one.key)}>
      ${one.passes ? "✓" : "✗"} <b>${one.candidate}</b> ${t("studio.against")} <b>${one.incumbent}</b><br>
      ${signed(one.mean)} [${signed(one.low)}, ${signed(one.high)}] · ${number(one.count)} ${t("studio.scenarios")}
      <br><span class="quiet">${t(`studio.run.${one.background}`)}${one.unmet.map((rule) => html` · ✗ ${ruleName(rule)}`)}</span>
    </button>`;
  }

  #slice(one, reach) {
    const place = (value) => `${50 + 50 * Math.min(Math.max(value / reach, -1), 1)}%`;
    const kind = !one.is_judged ? "unjudged" : one.is_worse ? "worse" : one.low > 0 ? "better" : "";
    const [group, ...rest] = one.name.split(":");
    const name = group === "class" ? roleName(rest.join(":")) : rest.join(":") || one.name;
    return html`<div class="slice"><span title=${one.name}><span class="quiet">${t(`studio.slice.${group}`)}</span> ${name}</span>
      <span class="n quiet">${number(one.count)}</span>
      <div class="range ${kind}"><i .style=${`left:${place(one.low)};right:calc(100% - ${place(one.high)})`}></i><b .style=${`left:${place(one.mean)}`}></b></div>
      <span class="n">${signed(one.mean)}</span></div>`;
  }

  #pair(one) {
    const of = (card) => `${number(card.score, 3)} ${verdictWord(card.outcome)}`;
    const step = Math.round(1000 * (one.ours.score - one.theirs.score));
    return html`<div class="pair"><span title=${one.name}>${one.name}<br><span class="quiet">${of(one.theirs)} → ${of(one.ours)}</span></span>
      <span class="n ${step < 0 ? "bad" : step > 0 ? "good" : "quiet"}">${signed(step / 1000)}</span></div>`;
  }

  #judged() {
    const one = this.verdict, judged = one.slices.filter((slice) => slice.is_judged);
    const shown = [...judged, ...one.slices.filter((slice) => !slice.is_judged)].slice(0, 40);
    const reach = Math.max(0.02, ...judged.flatMap((slice) => [Math.abs(slice.low), Math.abs(slice.high)]));
    return html`
      <section class="card title">
        <h2>${one.candidate} ${t("studio.against")} ${one.incumbent} &ensp;${this.#mark(one.passes)}</h2>
        <span class="quiet"><a href="/studio/api/verdicts/${one.key}/report">${t("studio.report")}</a> · <code>zhixing trace ${one.key.slice(0, 8)}</code></span>
      </section>
      <section class="card">
        <h2>${one.scenarios[this.chosen]?.name ?? t("studio.sidebyside")}</h2>
        ${this.scene ? html`<scene-player .scene=${this.scene} .names=${{ candidate: one.candidate, incumbent: one.incumbent }}></scene-player>` : html`<p class="quiet">${t("studio.choose")}</p>`}
      </section>
      ${this.scene?.metrics.length ? html`<section class="card">
        <h2>${t("studio.metrics")}</h2>
        <table>
          <tr><th>${t("studio.measure")}</th><th class="n">${one.candidate}</th><th class="n">${one.incumbent}</th></tr>
          ${this.scene.metrics.map(([name, ours, theirs]) => html`<tr><td><code>${name}</code></td><td class="n">${number(ours ?? NaN, 3)}</td><td class="n">${number(theirs ?? NaN, 3)}</td></tr>`)}
        </table>
      </section>` : ""}
      <section class="card">
        <h2>${t("studio.findings")}</h2>
        ${one.findings.map((finding) => html`<div class="finding"><span class=${finding.is_met ? "good" : "bad"}>${finding.is_met ? "✓" : "✗"}</span>
          <span class="quiet">${ruleName(finding.rule)}</span><span>${sentence(finding.says)}</span></div>`)}
      </section>
      <section class="card">
        <h2>${t("studio.slices")}</h2>
        ${shown.map((slice) => this.#slice(slice, reach))}
      </section>`;
  }

  render() {
    const problem = this.problem ? html`<p class="problem" role="alert">${t(this.problem.message)} ${this.problem.hint}</p>` : "";
    const one = this.verdict;
    if (!this.runs) return html`${problem || html`<p class="quiet">${t("studio.loading")}</p>`}`;
    return html`
      <div>
        ${problem}
        <run-form .planners=${this.runs.names} @verdict=${async (event) => { await this.#load(); await this.#open(event.detail); }}></run-form>
        <section class="card">
          <h2>${t("studio.verdicts")}</h2>
          ${this.runs.verdicts.length ? this.runs.verdicts.map((one) => this.#run(one)) : html`<p class="quiet">${t("studio.noverdicts")}</p>`}
        </section>
        <section class="card">
          <h2>${t("studio.board")}</h2>
          <table class="board">
            <tr><th>${t("studio.planner")}</th><th class="n">${t("studio.score")}</th><th class="n">${t("studio.scenarios.n")}</th>${OUTCOMES.map((name) => html`<th class="n">${verdictWord(name)}</th>`)}</tr>
            ${this.runs.planners.map((one) => html`<tr><td>${one.planner}</td><td class="n">${number(one.score, 3)}</td><td class="n">${number(one.count)}</td>
              ${OUTCOMES.map((name) => html`<td class="n">${number(one[name])}</td>`)}</tr>`)}
          </table>
        </section>
        ${one ? html`<section class="card">
          <h2>${number(one.scenarios.length)} ${t("studio.scenarios")}</h2>
          <virtual-list .count=${one.scenarios.length} .height=${56} .source=${one.key} .chosen=${this.chosen} .label=${t("studio.scenarios")}
            .fetchPage=${async (first, count) => one.scenarios.slice(first, first + count)} .line=${(row) => this.#pair(row)}
          @choose=${(event) => this.#choose(event.detail)}></virtual-list>
        </section>` : ""}
      </div>
      <div>${this.verdict ? this.#judged() : ""}</div>
    `;
  }
}

customElements.define("runs-page", RunsPage);
