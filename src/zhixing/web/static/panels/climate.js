// Temperature at the front seats, fan, and what clears the windows.
import { LitElement, css, html } from "lit";
import { Speak, hint, number, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import "./levels.js";
import "./switch.js";
import { buttons } from "./shared_styles.js";

const STATION = "Vehicle.Cabin.HVAC.Station.Row1";
const FAN_STEPS = 7;

class ClimatePanel extends LitElement {
  static styles = [
    buttons,
    css`
      :host {
        display: grid;
        gap: 14px;
      }
      .seats {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 10px;
      }
      .seat {
        display: grid;
        grid-template-columns: var(--touch) 1fr var(--touch);
        align-items: center;
        text-align: center;
        padding: 8px;
        border-radius: var(--radius-small);
        border: 2px solid var(--line);
      }
      .seat h3 {
        grid-column: 1 / -1;
        margin: 0 0 4px;
        font-size: 18px;
        font-weight: 600;
        color: var(--text-quiet);
      }
      .seat button {
        padding: 0;
        font-size: 28px;
      }
      output {
        font-size: 30px;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
        border-radius: 8px;
      }
      .switches {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 8px;
      }
      .air {
        display: flex;
        justify-content: space-between;
        color: var(--text-quiet);
        font-size: 18px;
      }
    `,
  ];

  constructor() {
    super();
    new Watch(this, "signals");
    new Speak(this);
  }

  /** @param {"Driver" | "Passenger"} side @param {string} zone */
  #seat(side, zone) {
    const path = `${STATION}.${side}.Temperature`;
    const shown = vehicle.number(path);
    const now = Number(vehicle.targets.get(path) ?? shown);
    const condition = vehicle.condition(path);
    const name = t(`zone.${zone}`);
    /** @param {number} step @param {string} key @param {string} mark */
    const button = (step, key, mark) =>
      html`<button aria-label=${`${name}: ${t(key)}`} ?disabled=${Number.isNaN(now)} @click=${() => vehicle.set(path, now + step)}>${mark}</button>`;
    return html`<div class="seat" role="group" aria-label=${`${t("climate.temperature")} ${name}`}>
      <h3>${name}</h3>
      ${button(-0.5, "climate.cooler", "−")}
      <output class=${condition} title=${hint(condition)}>${number(shown, 1)}°</output>
      ${button(0.5, "climate.warmer", "+")}
    </div>`;
  }

  /** @param {string} name @param {string} path @param {number} digits */
  #air(name, path, digits) {
    const condition = vehicle.condition(path);
    return html`<span class=${condition} title=${hint(condition)}>
      ${t(name)} ${number(vehicle.number(path), digits)} °C
    </span>`;
  }

  render() {
    const hvac = "Vehicle.Cabin.HVAC";
    const steps = Array.from({ length: FAN_STEPS }, (_, k) => [Math.round(((k + 1) * 100) / FAN_STEPS), String(k + 1)]);
    const fan = [[0, t("level.off")], ...steps];
    return html`
      <div class="seats">${this.#seat("Driver", "driver")}${this.#seat("Passenger", "passenger")}</div>
      <signal-levels label=${t("climate.fan")} path=${`${STATION}.Driver.FanSpeed`} .choices=${fan}></signal-levels>
      <div class="switches">
        <signal-switch label=${t("climate.ac")} path=${`${hvac}.IsAirConditioningActive`}></signal-switch>
        <signal-switch label=${t("climate.recirculation")} path=${`${hvac}.IsRecirculationActive`}></signal-switch>
        <signal-switch label=${t("climate.front")} path=${`${hvac}.IsFrontDefrosterActive`}></signal-switch>
        <signal-switch label=${t("climate.rear")} path=${`${hvac}.IsRearDefrosterActive`}></signal-switch>
      </div>
      <div class="air">
        ${this.#air("climate.inside", `${hvac}.AmbientAirTemperature`, 1)}
        ${this.#air("climate.outside", "Vehicle.Exterior.AirTemperature", 0)}
      </div>
    `;
  }
}

customElements.define("climate-panel", ClimatePanel);
