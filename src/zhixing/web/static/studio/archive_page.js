// What is in the archive, how good it is, and what was put aside.
import { LitElement, css, html } from "lit";
import { Speak, number, t } from "../lib/i18n.js";
import { get } from "./api.js";
import { desk } from "./styles.js";
import { loaded, roleName } from "./words.js";
import "./virtual_list.js";

const FAULTS = ["late", "rejected", "renamed", "unreadable"];

class ArchivePage extends LitElement {
  static properties = { isShown: { type: Boolean }, archive: { state: true }, problem: { state: true } };
  static styles = [
    desk,
    css`
      :host {
        display: block;
      }
      .tiles {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
        gap: 12px;
        margin-bottom: 14px;
      }
      .tile b {
        display: block;
        font-size: 26px;
        font-variant-numeric: tabular-nums;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 14px;
      }
      @media (max-width: 1000px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .card {
        margin-bottom: 14px;
        overflow-x: auto;
      }
      virtual-list {
        height: 420px;
      }
      .class {
        display: grid;
        grid-template-columns: 110px minmax(0, 1fr) 80px;
        gap: 10px;
        align-items: center;
      }
      .class i {
        height: 12px;
        border-radius: 6px;
        background: var(--accent);
      }
      pre {
        margin: 10px 0 0;
      }
    `,
  ];

  constructor() {
    super();
    new Speak(this);
    loaded.then(() => this.requestUpdate());
    this.archive = null;
    this.problem = null;
    this.isShown = false;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("isShown") && this.isShown) this.#load();
  }

  async #load() {
    try {
      this.archive = await get("/archive");
      this.problem = null;
    } catch (problem) {
      this.problem = problem;
    }
  }

  #drive(row) {
    const faults = Object.entries(row.faults).map(([name, count]) => `${t(`studio.fault.${name}`)} ${number(count)}`);
    const marks = [row.has_map ? t("studio.map") : t("studio.nomap"), row.is_task ? t("studio.task") : "", row.region, ...faults];
    return html`<div class="drive">
      <span><b>${row.name}</b><br><span class="quiet">${row.source} · <code>${row.key}</code> · ${marks.filter(Boolean).join(" · ")}</span></span>
      <span class="n">${number(row.seconds, 1)} s</span>
      <span class="n">${number(row.objects)} ${t("studio.users")}</span>
    </div>`;
  }

  #empty() {
    return html`<section class="card">
      <h2>${t("studio.empty")}</h2>
      <div class="quiet">${t("studio.empty.how")}</div>
      <pre><code>zhixing ingest FOLDER --archive "${this.archive.place}"</code></pre>
    </section>`;
  }

  render() {
    if (this.problem) return html`<p class="problem" role="alert">${t(this.problem.message)} ${this.problem.hint}</p>`;
    if (!this.archive) return html`<p class="quiet">${t("studio.loading")}</p>`;
    const { totals, sources, classes, refused } = this.archive;
    if (!totals.drives && !refused.length) return this.#empty();
    const most = Math.max(1, ...classes.map(([, count]) => count));
    const tiles = [["drives", number(totals.drives)], ["hours", number(totals.hours, 2)], ["rows", number(totals.rows)],
      ["objects", number(totals.objects)], ["tasks", number(totals.tasks)], ["refused", number(refused.length)]];
    return html`
      <div class="tiles">
        ${tiles.map(([name, value]) => html`<div class="card tile"><b>${value}</b><span class="quiet">${t(`studio.count.${name}`)}</span></div>`)}
      </div>
      <section class="card">
        <h2>${t("studio.quality")}</h2>
        <table>
          <tr><th>${t("studio.source")}</th>${["drives", "rows", "objects", "hours"].map((name) => html`<th class="n">${t(`studio.count.${name}`)}</th>`)}
            <th class="n">${t("studio.map")}</th>${FAULTS.map((name) => html`<th class="n">${t(`studio.fault.${name}`)}</th>`)}</tr>
          ${sources.map((one) => html`<tr><td>${one.source}</td><td class="n">${number(one.drives)}</td><td class="n">${number(one.rows)}</td>
            <td class="n">${number(one.objects)}</td><td class="n">${number(one.hours, 2)}</td><td class="n">${number(one.with_map)}</td>
            ${FAULTS.map((name) => html`<td class="n ${one.faults[name] ? "" : "quiet"}">${number(one.faults[name])}</td>`)}</tr>`)}
        </table>
      </section>
      <div class="columns">
        <section class="card">
          <h2>${t("studio.drives")}</h2>
          <virtual-list .count=${totals.drives} .height=${58} .source=${this.archive} .label=${t("studio.drives")}
            .fetchPage=${async (first, count) => (await get(`/drives?from=${first}&count=${count}`)).rows}
            .line=${(row) => this.#drive(row)}></virtual-list>
        </section>
        <div>
          <section class="card">
            <h2>${t("studio.classes")}</h2>
            ${classes.map(([name, count]) => html`<div class="class"><span>${roleName(name)}</span>
              <i .style=${`width:${(100 * count) / most}%`}></i><span class="n">${number(count)}</span></div>`)}
          </section>
          <section class="card">
            <h2>${t("studio.refused")}</h2>
            ${refused.length ? "" : html`<p class="quiet">${t("studio.refused.none")}</p>`}
            ${refused.slice(0, 200).map((one) => html`<p class="problem"><code>${one.path}</code><br>${one.why}<br><span class="quiet">${one.hint}</span></p>`)}
          </section>
        </div>
      </div>
    `;
  }
}

customElements.define("archive-page", ArchivePage);
