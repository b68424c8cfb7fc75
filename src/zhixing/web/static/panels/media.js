// Volume and player.
import { LitElement, css, html } from "lit";
import { Speak, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import "./slider.js";
import { buttons } from "./shared_styles.js";

const ACTION = "Vehicle.Cabin.Infotainment.Media.Action";
const ACTIONS = /** @type {[string, string, string][]} */ ([
  ["previous", "SKIP_BACKWARD", "⏮"],
  ["play", "PLAY", "▶"],
  ["stop", "STOP", "■"],
  ["next", "SKIP_FORWARD", "⏭"],
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
        font-size: 28px;
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
          ([name, action, mark]) => html`<button
            aria-label=${t(`media.${name}`)}
            aria-pressed=${now === action}
            class=${vehicle.targets.get(ACTION) === action ? "pending" : ""}
            @click=${() => vehicle.set(ACTION, action)}
          >
            ${mark}
          </button>`,
        )}
      </div>
    `;
  }
}

customElements.define("media-panel", MediaPanel);
