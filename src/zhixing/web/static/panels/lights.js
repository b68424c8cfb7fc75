// Lights of the cabin and of the car; ambient colours.
import { LitElement, css, html } from "lit";
import { Speak, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import "./switch.js";
import { buttons } from "./shared_styles.js";

const SWITCHES = /** @type {Record<string, string>} */ ({
  dome: "Vehicle.Cabin.Light.IsDomeOn",
  reading: "Vehicle.Cabin.Light.Spotlight.Row1.DriverSide.IsLightOn",
  low: "Vehicle.Body.Lights.Beam.Low.IsOn",
  high: "Vehicle.Body.Lights.Beam.High.IsOn",
  hazard: "Vehicle.Body.Lights.Hazard.IsSignaling",
  fog: "Vehicle.Body.Lights.Fog.Rear.IsOn",
});
const ZONES = ["Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide"];
const COLOURS = ["#FFFFFF", "#FF0000", "#FFA500", "#00FF00", "#0000FF", "#800080"];

class LightsPanel extends LitElement {
  static styles = [
    buttons,
    css`
      :host {
        display: grid;
        gap: 14px;
      }
      .switches {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 8px;
      }
      .colours {
        display: grid;
        grid-template-columns: repeat(6, 1fr);
        gap: 8px;
      }
      .colours button {
        min-width: 0;
        padding: 0;
        border: 3px solid var(--line);
      }
      .colours button[aria-checked="true"] {
        border-color: var(--accent);
        outline: 3px solid var(--accent);
      }
      svg {
        display: block;
        margin: auto;
      }
      h3 {
        margin: 0;
        font-size: 20px;
        font-weight: 600;
      }
    `,
  ];

  constructor() {
    super();
    new Watch(this, "signals");
    new Speak(this);
  }

  /** @param {string} colour */
  #colour(colour) {
    for (const zone of ZONES) {
      vehicle.set(`Vehicle.Cabin.Light.AmbientLight.${zone}.Color`, colour);
      vehicle.set(`Vehicle.Cabin.Light.AmbientLight.${zone}.IsLightOn`, true);
    }
  }

  #ambient(/** @type {boolean} */ isOn) {
    for (const zone of ZONES) vehicle.set(`Vehicle.Cabin.Light.AmbientLight.${zone}.IsLightOn`, isOn);
  }

  render() {
    const first = `Vehicle.Cabin.Light.AmbientLight.${ZONES[0]}`;
    const isOn = vehicle.value(`${first}.IsLightOn`) === true;
    const chosen = isOn ? vehicle.value(`${first}.Color`) : "";
    return html`
      <div class="switches">
        ${Object.entries(SWITCHES).map(
          ([name, path]) => html`<signal-switch label=${t(`light.${name}`)} path=${path}></signal-switch>`,
        )}
      </div>
      <h3 id="ambient">${t("light.ambient")}</h3>
      <div class="colours" role="radiogroup" aria-labelledby="ambient">
        ${COLOURS.map(
          (colour) => html`<button
            role="radio"
            aria-checked=${chosen === colour}
            aria-label=${t(`colour.${colour}`)}
            title=${t(`colour.${colour}`)}
            @click=${() => (chosen === colour ? this.#ambient(false) : this.#colour(colour))}
          >
            <svg width="34" height="34" aria-hidden="true"><circle cx="17" cy="17" r="15" fill=${colour} stroke="currentColor" stroke-width="1.5" /></svg>
          </button>`,
        )}
      </div>
    `;
  }
}

customElements.define("lights-panel", LightsPanel);
