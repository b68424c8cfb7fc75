// Name, connection, language and day or night.
import { LitElement, css, html } from "lit";
import { LANGS, Speak, chooseLang, currentLang, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import { buttons } from "./shared_styles.js";

const NAMES = { zh: "中文", en: "English", de: "Deutsch" };

class TopBar extends LitElement {
  static styles = [
    buttons,
    css`
      :host {
        position: absolute;
        inset: 14px 14px auto 14px;
        display: flex;
        gap: 10px;
        align-items: center;
        justify-content: space-between;
      }
      .name {
        font-size: 26px;
        font-weight: 700;
        letter-spacing: 0.06em;
        white-space: nowrap;
        flex: none;
        text-shadow: 0 1px 8px var(--background);
      }
      .group {
        flex: none;
        display: flex;
        gap: 6px;
        padding: 4px;
        border-radius: var(--radius-small);
        background: var(--glass);
      }
      .group button {
        min-height: 48px;
        background: transparent;
        white-space: nowrap;
      }
      .group a {
        display: flex;
        align-items: center;
        padding: 0 12px;
        color: var(--text);
        text-decoration: none;
      }
      .group button[aria-pressed="true"] {
        background: var(--accent);
      }
      [role="status"] {
        min-width: 0;
      }
      .lost {
        display: inline-block;
        box-sizing: border-box;
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        padding: 10px 14px;
        border-radius: var(--radius-small);
        background: var(--caution);
        color: var(--background);
        font-weight: 600;
      }
    `,
  ];

  constructor() {
    super();
    new Watch(this, "state", "signals");
    new Speak(this);
    this.#showTheme(localStorage.getItem("zhixing-theme") === "day" ? "day" : "night");
  }

  #theme = "night";

  /** @param {string} theme */
  #showTheme(theme) {
    this.#theme = theme;
    document.documentElement.dataset.theme = theme;
    window.dispatchEvent(new Event("themechange"));
  }

  #toggleTheme() {
    const theme = this.#theme === "night" ? "day" : "night";
    localStorage.setItem("zhixing-theme", theme);
    this.#showTheme(theme);
    this.requestUpdate();
  }

  render() {
    const isNight = this.#theme === "night";
    const label = t(isNight ? "theme.day" : "theme.night");
    return html`
      <span class="name">${t("app.name")}</span>
      <span role="status">
        ${vehicle.state === "open" ? "" : html`<span class="lost">${t(`state.${vehicle.state}`)}</span>`}
        ${vehicle.state === "open" && vehicle.isSilent ? html`<span class="lost" title=${t("signal.stale")}>${t("state.silent")}</span>` : ""}
      </span>
      <div class="group" role="group" aria-label=${t("lang.label")}>
        ${LANGS.map(
          (lang) => html`<button
            lang=${lang}
            aria-pressed=${currentLang() === lang}
            @click=${() => chooseLang(lang)}
          >
            ${NAMES[lang]}
          </button>`,
        )}
        <a href="/studio">${t("studio.open")}</a>
        <button aria-label=${label} title=${label} @click=${() => this.#toggleTheme()}>${isNight ? "☀" : "☾"}</button>
      </div>
    `;
  }
}

customElements.define("top-bar", TopBar);
