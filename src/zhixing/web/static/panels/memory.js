// What the car remembers of its people, plainly, each with a button to delete it.
import { LitElement, css, html } from "lit";
import { Speak, sentence, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import { buttons } from "./shared_styles.js";

class MemoryPanel extends LitElement {
  static styles = [
    buttons,
    css`
      ul {
        display: grid;
        gap: 8px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        gap: 12px;
        align-items: center;
        padding: 10px 14px;
        border-radius: var(--radius-small);
        background: var(--surface-raised);
      }
      li div {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      small,
      p {
        color: var(--text-quiet);
      }
      p {
        margin: 0;
      }
    `,
  ];

  constructor() {
    super();
    new Watch(this, "facts");
    new Speak(this);
  }

  render() {
    if (!vehicle.facts.length) return html`<p>${t("memory.empty")}</p>`;
    return html`<ul aria-label=${t("tab.memory")}>
      ${vehicle.facts.map(
        (fact) => html`<li>
          <div>
            ${sentence(fact.text)}<br /><small>${t(`zone.${fact.person}`)} · ${t("memory.said")} “${fact.said}”</small>
          </div>
          <button aria-label=${`${t("memory.forget")}: ${sentence(fact.text)}`} @click=${() => vehicle.forget(fact.number)}>
            ${t("memory.forget")}
          </button>
        </li>`,
      )}
    </ul>`;
  }
}

customElements.define("memory-panel", MemoryPanel);
