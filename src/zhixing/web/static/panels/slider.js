// A slider for one number: the thumb shows what the car reported, except while it is being dragged.
import { LitElement, css, html } from "lit";
import { hint, number } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import { buttons } from "./shared_styles.js";

class SignalSlider extends LitElement {
  static properties = { path: {}, label: {}, step: { type: Number } };

  static styles = [
    buttons,
    css`
      :host {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
      }
      label {
        font-weight: 600;
      }
      output {
        font-variant-numeric: tabular-nums;
        padding: 0 6px;
        border-radius: 8px;
      }
      input {
        grid-column: 1 / -1;
      }
    `,
  ];

  #dragged = false;

  constructor() {
    super();
    this.path = "";
    this.label = "";
    this.step = 1;
    new Watch(this, "signals");
  }

  updated() {
    const input = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector("input"));
    if (!this.#dragged) input.value = String(vehicle.value(this.path) ?? 0);
  }

  /** @param {Event} event */
  #change(event) {
    this.#dragged = false;
    vehicle.set(this.path, Number(/** @type {HTMLInputElement} */ (event.target).value));
    this.requestUpdate();
  }

  /** A thumb that was brought back to where it was changes nothing, but is let go of all the same. */
  #release() {
    setTimeout(() => {
      this.#dragged = false;
      this.requestUpdate();
    });
  }

  render() {
    const condition = vehicle.condition(this.path);
    return html`
      <label for="input">${this.label}</label>
      <output class=${condition} title=${hint(condition)}>${number(vehicle.number(this.path))} %</output>
      <input
        id="input"
        type="range"
        min="0"
        max="100"
        step=${this.step}
        @input=${() => (this.#dragged = true)}
        @change=${this.#change}
        @pointerup=${this.#release}
        @keyup=${this.#release}
        @blur=${this.#release}
      />
    `;
  }
}

customElements.define("signal-slider", SignalSlider);
