// A question becomes a query that can be changed; what it finds is a list, and each hit can be watched.
import { LitElement, css, html, nothing, svg } from "lit";
import { Speak, currentLang, number, sentence, t } from "../lib/i18n.js";
import { get, post } from "./api.js";
import { desk } from "./styles.js";
import { hasModel, loaded, roleName } from "./words.js";
import "./hit_view.js";
import "./virtual_list.js";

const POLL_MS = 250;

class SearchPage extends LitElement {
  static properties = {
    text: { state: true },
    query: { state: true },
    asked: { state: true },
    search: { state: true },
    chosen: { state: true },
    problem: { state: true },
    isBusy: { state: true },
    byModel: { state: true },
  };
  static styles = [
    desk,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(360px, 440px) minmax(0, 1fr);
        gap: 14px;
        height: 100%;
      }
      .left {
        display: flex;
        flex-direction: column;
        gap: 10px;
        min-height: 0;
      }
      @media (max-width: 900px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
          height: auto;
        }
        virtual-list {
          height: 320px;
        }
      }
      form {
        display: flex;
        gap: 8px;
      }
      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: 8px;
      }
      .chips > * {
        padding: 1px 10px;
        border-radius: 999px;
        background: var(--surface-raised);
        font-size: 13px;
        min-height: 26px;
      }
      .chips .unknown {
        text-decoration: line-through;
        color: var(--caution);
      }
      .meant {
        max-height: 5.6em;
        overflow: auto;
        margin: 8px 0 0;
        font-size: 13px;
      }
      details summary {
        cursor: pointer;
        padding: 8px 0 2px;
      }
      textarea {
        height: 190px;
        resize: vertical;
        font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace;
        font-size: 13px;
        white-space: pre-wrap;
      }
      .state {
        display: flex;
        gap: 10px;
        align-items: center;
        min-height: 36px;
      }
      progress {
        flex: 1;
        min-width: 40px;
        accent-color: var(--accent);
      }
      virtual-list {
        flex: 1;
        background: var(--surface);
      }
      .right {
        min-width: 0;
        overflow: auto;
      }
    `,
  ];

  constructor() {
    super();
    new Speak(this);
    this.text = "";
    this.query = "";
    this.asked = null;
    this.search = null;
    this.chosen = -1;
    this.problem = null;
    this.isBusy = false;
    this.byModel = false;
    loaded.then(() => this.requestUpdate());
    window.addEventListener("hashchange", () => this.#follow());
    this.#follow();
  }

  /** What stands in the address is asked: a question, and perhaps which of its hits is meant. */
  #follow() {
    const [page, rest] = location.hash.slice(1).split("?");
    const said = new URLSearchParams(rest ?? ""), text = said.get("q") ?? "";
    if (page !== "search" || !text || text === this.text) return;
    this.wanted = Number(said.get("hit") ?? 1) - 1;
    this.#ask(text);
  }

  /** Let the address say what is seen, so that it can be sent to somebody. @param {number} index */
  #choose(index) {
    this.chosen = index;
    const isAsked = this.asked?.query === this.query && location.hash.startsWith("#search");
    if (!this.text || index < 0 || !isAsked) return;
    history.replaceState(null, "", `#search?${new URLSearchParams({ q: this.text, hit: String(index + 1) })}`);
  }

  /** @param {string} text */
  async #ask(text) {
    if (text !== this.text) this.text = text;
    if (!text.trim() || this.isBusy) return;
    this.isBusy = true;
    this.problem = null;
    // What an earlier question has found says nothing about this one.
    this.search = null;
    this.chosen = -1;
    const lang = /[㐀-鿿]/.test(text) ? "zh" : currentLang() === "zh" ? undefined : currentLang();
    try {
      this.asked = await post("/ask", { text, lang, model: this.byModel });
      this.query = this.asked.query;
      // What was only half understood is shown first and run by whoever has read it.
      if (!this.asked.unknown.length) await this.#run();
    } catch (problem) {
      this.asked = null;
      this.query = "";
      this.problem = problem;
    }
    this.isBusy = false;
  }

  async #run() {
    this.problem = null;
    try {
      this.chosen = -1;
      this.search = await post("/search", { query: this.query });
      this.#poll(this.search.search);
    } catch (problem) {
      this.search = null;
      this.problem = problem;
    }
  }

  /** @param {number} id */
  async #poll(id) {
    while (this.search?.search === id && !this.search.is_over) {
      await new Promise((done) => setTimeout(done, POLL_MS));
      try {
        const now = await get(`/search/${id}`);
        if (this.search?.search === id) this.search = now;
      } catch (problem) {
        this.problem = problem;
        if (this.search?.search === id) this.search = { ...this.search, is_over: true };
      }
    }
    if (this.search?.search === id && this.search.hits && this.chosen < 0) {
      this.#choose(Math.min(Math.max(this.wanted || 0, 0), this.search.hits - 1));
      this.wanted = 0;
    }
  }

  #preview(ways) {
    const xs = ways.flatMap((way) => way.filter((_, k) => k % 2 === 0)), ys = ways.flatMap((way) => way.filter((_, k) => k % 2));
    if (!xs.length) return svg`<svg viewBox="0 0 84 52"></svg>`;
    const [x1, x2, y1, y2] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.min(72 / Math.max(x2 - x1, 8), 40 / Math.max(y2 - y1, 8));
    const px = (x) => 42 + (x - (x1 + x2) / 2) * scale, py = (y) => 26 - (y - (y1 + y2) / 2) * scale;
    return html`<svg viewBox="0 0 84 52" aria-hidden="true">${ways.map((way, n) => {
      const points = [];
      for (let k = 0; k < way.length; k += 2) points.push(`${px(way[k]).toFixed(1)},${py(way[k + 1]).toFixed(1)}`);
      if (!points.length) return nothing;
      const [x, y] = points.at(-1).split(",");
      return svg`<polyline points=${points.join(" ")} fill="none" stroke="var(--role-${n % 4})" stroke-width="2"></polyline>
        <circle cx=${x} cy=${y} r="3" fill="var(--role-${n % 4})"></circle>`;
    })}</svg>`;
  }

  #line(row, k) {
    return html`<div class="hit">
      ${this.#preview(row.ways)}
      <div>
        <div><span class="quiet">${number(k + 1)}</span> <b>${row.drive || t("studio.gone")}</b></div>
        <div class="quiet">${number(row.start, 1)} s · ${row.seconds ? html`${t("studio.lasts")} ${number(row.seconds, 1)} s` : t("studio.instant")} · ${row.roles.map(([role, id], n) =>
          html`<span .style=${`color:var(--role-${n % 4})`}>${roleName(role)} #${id}</span> `)}</div>
      </div>
    </div>`;
  }

  #state() {
    const now = this.search;
    if (!now) return html`<div class="quiet">${t("studio.examples")}</div><div class="chips">
      ${t("studio.examples.list").split("|").map((text) => html`<button @click=${() => this.#ask(text)}>${text}</button>`)}</div>`;
    return html`<div class="state" role="status">
      <b>${number(now.hits)}</b> ${t("studio.hits")} · ${number(now.drives_hit)} / ${number(now.drives)} ${t("studio.ofdrives")}
      ${now.is_over ? "" : html`<progress max=${now.drives || 1} .value=${now.done}></progress>
        <button @click=${async () => (this.search = await post(`/search/${now.search}/stop`))}>${t("studio.stop")}</button>`}
    </div>
    ${now.is_over && !now.hits && !now.error ? html`<p class="problem">${t("studio.nothing")}${now.why_not.map((one) => html`<br>${sentence(one)}`)}</p>` : ""}
    ${now.error ? html`<p class="problem" role="alert">${t(now.error.message)} ${now.error.hint}</p>` : ""}
    ${now.num_skipped ? html`<p class="problem">${t("studio.skipped")} ${number(now.num_skipped)}</p>` : ""}`;
  }

  render() {
    const { asked } = this;
    return html`
      <div class="left">
        <section class="card">
          <form @submit=${(event) => { event.preventDefault(); this.#ask(event.target.elements.text.value); }}>
            <input type="text" name="text" maxlength="500" autocomplete="off" .value=${this.text} placeholder=${t("studio.ask")} aria-label=${t("studio.ask")}>
            <button class="primary" ?disabled=${this.isBusy}>${t("studio.find")}</button>
          </form>
          ${hasModel() ? html`<label class="quiet"><input type="checkbox" .checked=${this.byModel} @change=${(event) => (this.byModel = event.target.checked)}>
            ${t("studio.bymodel")}</label>` : ""}
          ${asked ? html`<div class="chips" aria-label=${t("studio.understood")}>
            ${asked.understood.map(([said, meant]) => html`<span title=${meant}>${said}</span>`)}
            ${asked.unknown.map((said) => html`<span class="unknown" title=${t("studio.unknown")}>${said}</span>`)}
          </div>` : ""}
          ${this.search || asked ? html`<p class="quiet meant">${sentence(this.search?.words ?? asked.words)}</p>` : ""}
          ${asked?.unknown.length ? html`<p class="problem">${t("studio.unknown.what")}</p>` : ""}
          <details ?open=${Boolean(asked?.unknown.length)}>
            <summary class="quiet">${t("studio.algebra")}</summary>
            <textarea spellcheck="false" aria-label=${t("studio.algebra")} .value=${this.query} @input=${(event) => (this.query = event.target.value)}></textarea>
            <button ?disabled=${!this.query.trim()} @click=${() => this.#run()}>${t("studio.run")}</button>
          </details>
          ${this.problem ? html`<p class="problem" role="alert">${t(this.problem.message)}<br><span class="quiet">${this.problem.hint}</span></p>` : ""}
        </section>
        ${this.#state()}
        <virtual-list .count=${this.search?.hits ?? 0} .height=${66} .source=${this.search?.search} .chosen=${this.chosen} .label=${t("studio.hits")}
          .fetchPage=${async (first, count) => (await get(`/search/${this.search.search}/hits?from=${first}&count=${count}`)).rows}
          .line=${(row, k) => this.#line(row, k)} @choose=${(event) => this.#choose(event.detail)}></virtual-list>
      </div>
      <div class="right">
        <hit-view .search=${this.search?.search ?? 0} .index=${this.chosen}></hit-view>
      </div>
    `;
  }
}

customElements.define("search-page", SearchPage);
