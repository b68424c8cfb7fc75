// The touch controls: one tab each, and below them what the car answered to the last touch.
import { LitElement, css, html } from "lit";
import { Speak, sentence, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import "./climate.js";
import "./seats.js";
import "./windows.js";
import "./lights.js";
import "./media.js";
import "./memory.js";
import { buttons, surface } from "./shared_styles.js";

const TABS = {
  climate: html`<climate-panel></climate-panel>`,
  seats: html`<seats-panel></seats-panel>`,
  windows: html`<windows-panel></windows-panel>`,
  lights: html`<lights-panel></lights-panel>`,
  media: html`<media-panel></media-panel>`,
  memory: html`<memory-panel></memory-panel>`,
};

class ControlPanel extends LitElement {
  static properties = { tab: { state: true } };

  static styles = [
    surface,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr) auto;
        padding: 16px;
        gap: 12px;
      }
      [role="tablist"] {
        display: grid;
        grid-template-columns: repeat(6, auto);
        gap: 6px;
      }
      [role="tab"] {
        padding: 0 4px;
        min-width: 0;
        font-size: 18px;
      }
      [role="tabpanel"] {
        overflow-y: auto;
        scrollbar-width: none;
      }
      .answer {
        display: flex;
        gap: 8px;
        align-items: center;
        flex-wrap: wrap;
        padding: 10px 14px;
        border-radius: var(--radius-small);
        border-left: 6px solid var(--caution);
        background: var(--surface-raised);
      }
      .answer span {
        flex: 1 1 200px;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {keyof typeof TABS} */
    this.tab = "climate";
    new Watch(this, "answer");
    new Speak(this);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const names = /** @type {(keyof typeof TABS)[]} */ (Object.keys(TABS));
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    this.tab = names[(names.indexOf(this.tab) + step + names.length) % names.length];
    this.updateComplete.then(() =>
      /** @type {HTMLElement} */ (this.renderRoot.querySelector('[aria-selected="true"]')).focus(),
    );
  }

  #answer() {
    const answer = vehicle.answer;
    if (!answer) return "";
    const isQuestion = answer.kind === "needs_yes";
    const said = sentence(isQuestion ? answer.ask : answer.say);
    const text = answer.kind === "lost" ? t("answer.lost") : answer.kind === "error" ? answer.message : said;
    return html`<div class="answer">
      <span>${text}</span>
      ${isQuestion
        ? html`<button class="primary" @click=${() => vehicle.reply(true)}>${t("answer.yes")}</button>
            <button @click=${() => vehicle.reply(false)}>${t("answer.no")}</button>`
        : html`<button @click=${() => vehicle.reply(false)}>${t("answer.close")}</button>`}
    </div>`;
  }

  render() {
    return html`
      <div role="tablist" aria-label=${t("controls.label")} @keydown=${this.#key}>
        ${Object.keys(TABS).map(
          (name) => html`<button
            role="tab"
            id=${`tab-${name}`}
            aria-selected=${this.tab === name}
            aria-controls="panel"
            tabindex=${this.tab === name ? 0 : -1}
            @click=${() => (this.tab = /** @type {keyof typeof TABS} */ (name))}
          >
            ${t(`tab.${name}`)}
          </button>`,
        )}
      </div>
      <div role="tabpanel" id="panel" aria-labelledby=${`tab-${this.tab}`}>${TABS[this.tab]}</div>
      <div role="alert">${this.#answer()}</div>
    `;
  }
}

customElements.define("control-panel", ControlPanel);
