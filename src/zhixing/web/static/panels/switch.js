// A switch for one boolean signal: it shows what the car reported, and that something else is wanted.
import { LitElement, css, html } from "lit";
import { hint } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import { buttons } from "./shared_styles.js";

class SignalSwitch extends LitElement {
  static properties = { path: {}, label: {} };

  static styles = [
    buttons,
    css`
      :host {
        display: block;
      }
      button {
        width: 100%;
        min-height: 60px;
        padding: 4px 8px;
        line-height: 1.2;
      }
    `,
  ];

  constructor() {
    super();
    this.path = "";
    this.label = "";
    new Watch(this, "signals");
  }

  render() {
    const isOn = vehicle.value(this.path) === true;
    const condition = vehicle.condition(this.path);
    return html`<button
      aria-pressed=${isOn}
      class=${condition}
      title=${hint(condition)}
      @click=${() => vehicle.set(this.path, !isOn)}
    >
      ${this.label}
    </button>`;
  }
}

customElements.define("signal-switch", SignalSwitch);
