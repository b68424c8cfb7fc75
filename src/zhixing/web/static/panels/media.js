// Volume and player.
import { LitElement, css, html } from "lit";
import { Speak, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import "./slider.js";
import { buttons } from "./shared_styles.js";

const ACTION = "Vehicle.Cabin.Infotainment.Media.Action";
/** Name, action and the outline of its icon: fonts of cars and servers often lack player symbols. */
const ACTIONS = /** @type {[string, string, string][]} */ ([
  ["previous", "SKIP_BACKWARD", "M5 5h3v14H5zM20 5v14L9 12z"],
  ["play", "PLAY", "M7 4l13 8-13 8z"],
  ["stop", "STOP", "M6 6h12v12H6z"],
  ["next", "SKIP_FORWARD", "M16 5h3v14h-3zM4 5l11 7-11 7z"],
]);

class MediaPanel extends LitElement {
  static styles = [
    buttons,
    css`
      :host {
        display: grid;
        gap: 18px;
      }
      .player {
        display: grid;
        grid-template-columns: repeat(4, 1fr);
        gap: 8px;
      }
      .player button {
        min-height: 72px;
      }
      svg {
        display: block;
        margin: auto;
        fill: currentColor;
      }
    `,
  ];

  constructor() {
    super();
    new Watch(this, "signals");
    new Speak(this);
  }

  render() {
    const now = vehicle.value(ACTION);
    return html`
      <signal-slider label=${t("media.volume")} path="Vehicle.Cabin.Infotainment.Media.Volume"></signal-slider>
      <div class="player" role="group" aria-label=${t("tab.media")}>
        ${ACTIONS.map(
          ([name, action, outline]) => html`<button
            aria-label=${t(`media.${name}`)}
            aria-pressed=${now === action}
            class=${vehicle.targets.get(ACTION) === action ? "pending" : vehicle.condition(ACTION) === "stale" ? "stale" : ""}
            @click=${() => vehicle.set(ACTION, action)}
          >
            <svg width="32" height="32" viewBox="0 0 24 24" aria-hidden="true"><path d=${outline} /></svg>
          </button>`,
        )}
      </div>
    `;
  }
}

customElements.define("media-panel", MediaPanel);
