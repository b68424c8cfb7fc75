// The data studio: three pages in one, found by the address' hash.
import { LitElement, css, html } from "lit";
import { LANGS, Speak, chooseLang, currentLang, t } from "../lib/i18n.js";
import { desk } from "./styles.js";
import "./archive_page.js";
import "./runs_page.js";
import "./search_page.js";

const PAGES = ["archive", "search", "runs"];
const NAMES = { zh: "中文", en: "EN", de: "DE" };

class DataStudio extends LitElement {
  static properties = { page: { state: true }, theme: { state: true } };
  static styles = [
    desk,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        height: 100dvh;
      }
      header {
        display: flex;
        gap: 10px 18px;
        align-items: center;
        flex-wrap: wrap;
        padding: 10px 16px;
        background: var(--surface);
        border-bottom: 1px solid var(--line);
      }
      h1 {
        margin: 0;
        font-size: 19px;
        letter-spacing: 0.04em;
      }
      nav,
      .tools {
        display: flex;
        gap: 6px;
      }
      .tools {
        margin-left: auto;
        align-items: center;
      }
      .tools button {
        padding: 0 10px;
      }
      a {
        color: var(--accent);
        text-decoration: none;
        margin-right: 8px;
      }
      main {
        min-height: 0;
        padding: 14px 16px;
        overflow: auto;
      }
      [hidden] {
        display: none !important;
      }
    `,
  ];

  constructor() {
    super();
    new Speak(this);
    this.theme = localStorage.getItem("zhixing-theme") === "day" ? "day" : "night";
    this.#showTheme();
    this.page = PAGES[0];
    this.#follow();
    window.addEventListener("hashchange", () => this.#follow());
  }

  #follow() {
    const [wanted] = location.hash.slice(1).split("?");
    this.page = PAGES.includes(wanted) ? wanted : PAGES[0];
  }

  #showTheme() {
    document.documentElement.dataset.theme = this.theme;
    window.dispatchEvent(new Event("themechange"));
  }

  #toggleTheme() {
    this.theme = this.theme === "night" ? "day" : "night";
    localStorage.setItem("zhixing-theme", this.theme);
    this.#showTheme();
  }

  render() {
    const label = t(this.theme === "night" ? "theme.day" : "theme.night");
    document.title = `${t("app.name")} · ${t("studio.name")}`;
    return html`
      <header>
        <h1>${t("app.name")} · ${t("studio.name")}</h1>
        <nav aria-label=${t("studio.name")}>
          ${PAGES.map(
            (page) => html`<button aria-current=${this.page === page ? "page" : "false"} @click=${() => (location.hash = page)}>
              ${t(`studio.${page}`)}
            </button>`,
          )}
        </nav>
        <div class="tools">
          <a href="/">${t("studio.cockpit")}</a>
          ${LANGS.map(
            (lang) => html`<button lang=${lang} aria-pressed=${currentLang() === lang} @click=${() => chooseLang(lang)}>
              ${NAMES[lang]}
            </button>`,
          )}
          <button aria-label=${label} title=${label} @click=${() => this.#toggleTheme()}>${this.theme === "night" ? "☀" : "☾"}</button>
        </div>
      </header>
      <main>
        <archive-page ?hidden=${this.page !== "archive"} .isShown=${this.page === "archive"}></archive-page>
        <search-page ?hidden=${this.page !== "search"}></search-page>
        <runs-page ?hidden=${this.page !== "runs"} .isShown=${this.page === "runs"}></runs-page>
      </main>
    `;
  }
}

customElements.define("data-studio", DataStudio);
