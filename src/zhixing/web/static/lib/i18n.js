// Words in the chosen language; numbers are formatted here and in the panels, never by the server.
import zh from "../i18n/zh.js";
import en from "../i18n/en.js";
import de from "../i18n/de.js";

const WORDS = { zh, en, de };
const TAGS = { zh: "zh-CN", en: "en", de: "de" };
const changed = new EventTarget();

/** @typedef {"zh" | "en" | "de"} Lang */

/** @type {Lang} */
let lang = /** @type {Lang} */ (localStorage.getItem("zhixing-lang") ?? "zh");
if (!(lang in WORDS)) lang = "zh";
document.documentElement.lang = TAGS[lang];

export const LANGS = /** @type {Lang[]} */ (Object.keys(WORDS));

export function currentLang() {
  return lang;
}

/** @param {Lang} chosen */
export function chooseLang(chosen) {
  lang = chosen;
  localStorage.setItem("zhixing-lang", chosen);
  document.documentElement.lang = TAGS[chosen];
  changed.dispatchEvent(new Event("change"));
}

/** The words for a key. @param {string} key @returns {string} */
export function t(key) {
  const words = /** @type {Record<string, string>} */ (WORDS[lang]);
  return words[key] ?? key;
}

/** One of a sentence's languages. @param {Record<string, string> | undefined} say */
export function sentence(say) {
  return say ? (say[lang] ?? say.en) : "";
}

/** What to say of a value that cannot be relied on. @param {string} condition as `vehicle.condition` gives it */
export function hint(condition) {
  return condition === "stale" || condition === "absent" ? t(`signal.${condition}`) : "";
}

/** A number as people write it, a dash where there is none. @param {number} value @param {number} digits */
export function number(value, digits = 0) {
  if (Number.isNaN(value)) return "–";
  return value.toLocaleString(TAGS[lang], { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Renders its host when the language changes. */
export class Speak {
  /** @param {import("lit").LitElement} host */
  constructor(host) {
    this.host = host;
    host.addController(this);
  }

  hostConnected() {
    changed.addEventListener("change", this);
  }

  hostDisconnected() {
    changed.removeEventListener("change", this);
  }

  handleEvent() {
    this.host.requestUpdate();
  }
}
