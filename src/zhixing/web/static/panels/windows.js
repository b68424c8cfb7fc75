// Windows and sunroof: how far each is open.
import { LitElement, css, html } from "lit";
import { Speak, t } from "../lib/i18n.js";
import "./slider.js";

const WINDOWS = /** @type {Record<string, string>} */ ({
  driver: "Row1.DriverSide",
  passenger: "Row1.PassengerSide",
  rear_left: "Row2.DriverSide",
  rear_right: "Row2.PassengerSide",
});

class WindowsPanel extends LitElement {
  static styles = css`
    :host {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 12px 20px;
    }
    .wide {
      grid-column: 1 / -1;
    }
  `;

  constructor() {
    super();
    new Speak(this);
  }

  render() {
    return html`
      ${Object.entries(WINDOWS).map(
        ([zone, side]) =>
          html`<signal-slider
            label=${t(`zone.${zone}`)}
            step="5"
            path=${`Vehicle.Cabin.Door.${side}.Window.Position`}
          ></signal-slider>`,
      )}
      <signal-slider
        class="wide"
        label=${t("window.sunroof")}
        step="5"
        path="Vehicle.Cabin.Sunroof.Position"
      ></signal-slider>
    `;
  }
}

customElements.define("windows-panel", WindowsPanel);
