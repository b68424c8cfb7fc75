// Offers of the car. None is made yet, and none is ever carried out unasked.
import { LitElement, css, html } from "lit";
import { Speak, t } from "../lib/i18n.js";

class SuggestionStrip extends LitElement {
  static styles = css`
    :host {
      position: absolute;
      inset: auto 14px 14px 14px;
    }
    section {
      display: flex;
      align-items: center;
      min-height: 54px;
      padding: 0 20px;
      border-radius: var(--radius);
      background: var(--glass);
      color: var(--text-quiet);
    }
  `;

  constructor() {
    super();
    new Speak(this);
  }

  render() {
    return html`<section aria-label=${t("suggestions.label")}>${t("suggestions.empty")}</section>`;
  }
}

customElements.define("suggestion-strip", SuggestionStrip);
