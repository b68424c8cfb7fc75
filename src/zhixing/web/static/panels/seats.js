// Heating, ventilation and massage of one seat at a time, and the steering wheel.
import { LitElement, css, html } from "lit";
import { Speak, t } from "../lib/i18n.js";
import "./levels.js";
import { buttons } from "./shared_styles.js";

const SEATS = /** @type {Record<string, string>} */ ({
  driver: "Row1.DriverSide",
  passenger: "Row1.PassengerSide",
  rear_left: "Row2.DriverSide",
  rear_right: "Row2.PassengerSide",
});
const LEVELS = [33, 67, 100];

class SeatsPanel extends LitElement {
  static properties = { seat: { state: true } };

  static styles = [
    buttons,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .seats {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 8px;
      }
    `,
  ];

  constructor() {
    super();
    this.seat = "driver";
    new Speak(this);
  }

  render() {
    const seat = `Vehicle.Cabin.Seat.${SEATS[this.seat]}`;
    /** @param {number} sign */
    const steps = (sign) => [[0, t("level.off")], ...LEVELS.map((level, k) => [sign * level, String(k + 1)])];
    return html`
      <div class="seats" role="group" aria-label=${t("tab.seats")}>
        ${Object.keys(SEATS).map(
          (name) => html`<button aria-pressed=${this.seat === name} @click=${() => (this.seat = name)}>
            ${t(`zone.${name}`)}
          </button>`,
        )}
      </div>
      <signal-levels inline label=${t("seat.heating")} path=${`${seat}.HeatingCooling`} .choices=${steps(1)}></signal-levels>
      <signal-levels inline label=${t("seat.cooling")} path=${`${seat}.HeatingCooling`} .choices=${steps(-1)}></signal-levels>
      <signal-levels inline label=${t("seat.massage")} path=${`${seat}.Massage.Level`} .choices=${steps(1)}></signal-levels>
      <signal-levels
        inline
        label=${t("seat.wheel")}
        path="Vehicle.Chassis.SteeringWheel.HeatingCooling"
        .choices=${steps(1)}
      ></signal-levels>
    `;
  }
}

customElements.define("seats-panel", SeatsPanel);
