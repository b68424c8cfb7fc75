// A choice of steps for one number, as radio buttons: what the car reported is chosen.
import { LitElement, css, html } from "lit";
import { hint } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import { buttons } from "./shared_styles.js";

/** A value this close to a step is shown as that step: a car that starts at 30 % is on the second of seven. */
const NEAR = 2;

class SignalLevels extends LitElement {
  /** `choices` is a list of [value, label]. The attribute `inline` puts the label beside them. */
  static properties = { path: {}, label: {}, choices: { attribute: false } };

  static styles = [
    buttons,
    css`
      :host {
        display: grid;
        gap: 4px;
      }
      :host([inline]) {
        grid-template-columns: 8.4em 1fr;
        align-items: center;
        gap: 8px;
      }
      .row {
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: 1fr;
        gap: 6px;
      }
      button {
        padding: 0;
        min-width: 0;
      }
      .label {
        font-weight: 600;
      }
    `,
  ];

  constructor() {
    super();
    this.path = "";
    this.label = "";
    /** @type {[number | string, string][]} */
    this.choices = [];
    new Watch(this, "signals");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = /** @type {HTMLElement[]} */ ([...this.renderRoot.querySelectorAll("button")]);
    const now = all.indexOf(/** @type {HTMLElement} */ (event.target));
    const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
    next.focus();
    next.click();
  }

  render() {
    const value = vehicle.value(this.path);
    const condition = vehicle.condition(this.path);
    const wanted = vehicle.targets.get(this.path);
    const isNear = (/** @type {number | string} */ choice) =>
      choice === value || (Number(choice) !== 0 && Math.abs(Number(choice) - Number(value)) <= NEAR);
    const known = this.choices.some(([choice]) => isNear(choice));
    return html`
      <span class="label ${condition === "pending" ? "" : condition}" title=${hint(condition)} id="label">${this.label}</span>
      <div class="row ${condition === "stale" ? "stale" : ""}" role="radiogroup" aria-labelledby="label" @keydown=${this.#key}>
        ${this.choices.map(
          ([choice, name], index) => html`<button
            role="radio"
            aria-checked=${isNear(choice)}
            class=${choice === wanted ? "pending" : ""}
            tabindex=${isNear(choice) || (!known && index === 0) ? 0 : -1}
            @click=${() => vehicle.set(this.path, choice)}
          >
            ${name}
          </button>`,
        )}
      </div>
    `;
  }
}

customElements.define("signal-levels", SignalLevels);
