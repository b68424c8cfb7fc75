// One hit: what happened, why it counts, and how two drivers would have done.
import { LitElement, css, html } from "lit";
import { Speak, currentLang, number, t } from "../lib/i18n.js";
import { get, post } from "./api.js";
import { desk } from "./styles.js";
import { listed, loaded, measureMeaning, measureName, roleName, valueOf, verdictWord } from "./words.js";
import "./scene_player.js";

const PATIENCE_MS = 80;

class HitView extends LitElement {
  static properties = {
    search: { type: Number },
    index: { type: Number },
    hit: { state: true },
    driven: { state: true },
    problem: { state: true },
    isDriving: { state: true },
  };
  static styles = [
    desk,
    css`
      .card {
        margin-bottom: 14px;
      }
      .title {
        display: flex;
        gap: 6px 14px;
        flex-wrap: wrap;
        align-items: baseline;
        margin-bottom: 8px;
      }
      .title h2 {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .drive {
        display: flex;
        gap: 10px;
        flex-wrap: wrap;
        align-items: center;
      }
    `,
  ];

  constructor() {
    super();
    new Speak(this);
    loaded.then(() => this.requestUpdate());
    this.search = 0;
    this.index = -1;
    this.hit = null;
    this.driven = null;
    this.problem = null;
    this.isDriving = false;
    this.who = { candidate: "sampling", incumbent: "idm" };
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("search") || changed.has("index")) this.#load();
  }

  async #load() {
    const { search, index } = this;
    this.driven = null;
    this.problem = null;
    if (!search || index < 0) {
      this.hit = null;
      return;
    }
    // Whoever runs through a list wants to see where he stops.
    await new Promise((done) => setTimeout(done, PATIENCE_MS));
    if (search !== this.search || index !== this.index) return;
    try {
      const hit = await get(`/search/${search}/hits/${index}`);
      if (search === this.search && index === this.index) this.hit = hit;
    } catch (problem) {
      if (search === this.search && index === this.index) [this.hit, this.problem] = [null, problem];
    }
  }

  async #drive() {
    const { search, index } = this;
    this.isDriving = true;
    this.problem = null;
    try {
      const driven = await post(`/search/${search}/hits/${index}/drive`, this.who);
      if (search === this.search && index === this.index) this.driven = { ...driven, names: { ...this.who } };
    } catch (problem) {
      this.problem = problem;
    }
    this.isDriving = false;
  }

  #reason(one) {
    const label = `${one.holds ? "" : `${t("studio.not")} `}${measureName(one.measure)} (${listed(one.of.map(roleName))})`;
    return { ...one, label };
  }

  /** The scene with roles as people say them; the same one for as long as nothing changes. */
  #labelled(view) {
    const key = currentLang();
    if (this.labelled?.of !== view || this.labelled.key !== key) {
      this.labelled = { of: view, key, view: { ...view, roles: view.roles.map(([role, id]) => [roleName(role), id]) } };
    }
    return this.labelled.view;
  }

  #value(one) {
    if (one.least === null || one.greatest === null) return "–";
    const [least, greatest] = [one.least, one.greatest].map((value) => valueOf(one.measure, value));
    return least === greatest ? least : `${least} … ${greatest}`;
  }

  #choose(name) {
    return html`<label>${t(`studio.${name}`)} <select @change=${(event) => (this.who[name] = event.target.value)}>
      ${this.hit.planners.map((one) => html`<option ?selected=${one === this.who[name]}>${one}</option>`)}</select></label>`;
  }

  render() {
    const problem = this.problem ? html`<p class="problem" role="alert">${t(this.problem.message)}<br><span class="quiet">${this.problem.hint}</span></p>` : "";
    if (!this.hit) return html`${problem}<p class="quiet">${problem ? "" : t("studio.choose")}</p>`;
    const { view, origin } = this.hit, reasons = this.hit.because.map((one) => this.#reason(one));
    const bars = [{ label: t("studio.hit"), from: view.hit[0], until: view.hit[1], kind: "hit" },
      ...reasons.slice(0, 8).map((one) => ({ label: one.label, from: one.from, until: one.until, kind: "" }))];
    return html`
      <section class="card">
        <div class="title"><h2>${this.hit.drive}</h2><span class="quiet">${this.hit.source} · <code>zhixing trace ${this.hit.key}</code></span></div>
        <scene-player .origin=${origin} .scene=${this.#labelled(view)} .bars=${bars} .names=${{ candidate: this.hit.drive }}></scene-player>
      </section>
      ${reasons.length ? html`<section class="card">
        <h2>${t("studio.why")}</h2>
        <table>
          <tr><th>${t("studio.measure")}</th><th>${t("studio.of")}</th><th class="n">${t("studio.value")}</th><th class="n">${t("studio.when")}</th></tr>
          ${reasons.map((one) => html`<tr><td>${one.holds ? "" : html`<b>${t("studio.not")}</b> `}<span title=${`${one.measure}: ${measureMeaning(one.measure)}`}>${measureName(one.measure)}</span></td><td>${listed(one.of.map(roleName))}</td>
            <td class="n">${this.#value(one)}</td><td class="n">${number(origin + one.from, 1)} – ${number(origin + one.until, 1)} s</td></tr>`)}
        </table>
      </section>` : ""}
      <section class="card">
        <h2>${t("studio.redrive")}</h2>
        ${this.hit.is_drivable ? html`<div class="drive">${this.#choose("candidate")} ${this.#choose("incumbent")}
          <button class="primary" ?disabled=${this.isDriving} @click=${() => this.#drive()}>${t(this.isDriving ? "studio.driving" : "studio.drive")}</button></div>`
          : html`<p class="quiet">${t("studio.undrivable")}</p>`}
        ${problem}
        ${this.driven ? html`<p>${this.driven.scores.map((one) => html`<b>${one.planner}</b> ${number(one.score, 3)} · ${verdictWord(one.outcome)} &emsp;`)}</p>
          <scene-player .scene=${this.driven.view} .names=${this.driven.names}></scene-player>` : ""}
      </section>
    `;
  }
}

customElements.define("hit-view", HitView);
