// Speed, limit, gear, range, and in one line what the car does and why.
import { LitElement, css, html } from "lit";
import { Speak, hint, number, sentence, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import { reliability } from "./shared_styles.js";

const GEARS = /** @type {Record<number, string>} */ ({ 126: "P", 127: "D", 0: "N", [-1]: "R" });
const MARKS = /** @type {Record<string, string>} */ ({
  cruise: "↑",
  follow: "⇡",
  yield: "▽",
  stop: "■",
  "emergency-brake": "!",
  pass: "↰",
  arrive: "◎",
});

const RANGE = "Vehicle.Powertrain.Range";
const GEAR = "Vehicle.Powertrain.Transmission.SelectedGear";
const STYLE = "Vehicle.ADAS.AutomatedDriving.Style";
const MANOEUVRE = "Vehicle.ADAS.AutomatedDriving.Manoeuvre";
const MAX_SPEED = "Vehicle.ADAS.AutomatedDriving.MaxSpeed";
const UNCAPPED_KMH = 120;

/** How the car has been asked to drive, in a few words; empty where nobody has a say. */
function wished() {
  const style = vehicle.value(STYLE);
  if (typeof style !== "string") return "";
  const cap = vehicle.number(MAX_SPEED);
  const manoeuvre = vehicle.value(MANOEUVRE);
  return [
    t(`drive.style.${style}`),
    cap < UNCAPPED_KMH ? `≤ ${number(cap)} km/h` : "",
    manoeuvre && manoeuvre !== "NONE" ? t(`drive.manoeuvre.${manoeuvre}`) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

class DrivePanel extends LitElement {
  static styles = [
    reliability,
    css`
    :host {
      position: absolute;
      inset: 86px 14px 80px;
      display: grid;
      grid-template: auto 1fr auto / auto auto;
      justify-content: space-between;
      pointer-events: none;
    }
    .glass {
      background: var(--glass);
      border-radius: var(--radius);
      padding: 12px 20px;
    }
    .speed,
    dl {
      grid-row: 3;
    }
    .speed {
      display: flex;
      gap: 16px;
      align-items: center;
    }
    .speed b {
      font-size: 64px;
      line-height: 1;
      font-weight: 650;
      font-variant-numeric: tabular-nums;
      min-width: 2.1ch;
      text-align: right;
    }
    .unit {
      color: var(--text-quiet);
    }
    .limit {
      display: grid;
      place-items: center;
      width: 60px;
      height: 60px;
      border-radius: 50%;
      background: var(--sign);
      color: var(--sign-text);
      border: 7px solid var(--sign-ring);
      font-size: 25px;
      font-weight: 700;
    }
    .speed {
      min-height: 76px;
    }
    dl {
      display: grid;
      align-content: center;
      grid-template-columns: auto auto;
      gap: 2px 14px;
      margin: 0;
      white-space: nowrap;
    }
    dt {
      color: var(--text-quiet);
    }
    dd {
      margin: 0;
      font-weight: 600;
      font-variant-numeric: tabular-nums;
    }
    .decision {
      grid-row: 1;
      grid-column: 1 / -1;
      justify-self: start;
      display: flex;
      gap: 14px;
      align-items: center;
      min-height: 62px;
      font-size: 24px;
      font-weight: 600;
    }
    .mark {
      display: grid;
      place-items: center;
      flex: none;
      width: 42px;
      height: 42px;
      border-radius: 50%;
      background: var(--accent);
      color: var(--accent-text);
    }
    .mark.yield,
    .mark.stop {
      background: var(--caution);
      color: var(--background);
    }
    .mark.emergency-brake {
      background: var(--danger);
      color: var(--background);
    }
  `,
  ];

  constructor() {
    super();
    new Watch(this, "frame", "signals");
    new Speak(this);
  }

  render() {
    const frame = vehicle.frames.at(-1)?.frame;
    if (!frame) return html``;
    const speed = vehicle.number("Vehicle.Speed");
    const range = vehicle.number(RANGE) / 1000;
    const charge = vehicle.number("Vehicle.Powertrain.TractionBattery.StateOfCharge.Current");
    const gear = GEARS[vehicle.number(GEAR)] ?? "–";
    const reliable = vehicle.condition("Vehicle.Speed");
    const manner = wished();
    const limit = frame.limit === null ? null : Math.round(frame.limit * 3.6);
    return html`
      <div class="glass speed">
        <b class=${reliable} title=${hint(reliable)} aria-label=${`${t("drive.speed")} ${number(speed)} km/h`}>
          ${number(speed)}
        </b>
        <span class="unit" aria-hidden="true">km/h</span>
        ${limit === null
          ? ""
          : html`<span class="limit" role="img" aria-label=${`${t("drive.limit")} ${limit} km/h`}>${limit}</span>`}
      </div>
      <dl class="glass">
        <dt>${t("drive.gear")}</dt>
        <dd class=${vehicle.condition(GEAR)} title=${hint(vehicle.condition(GEAR))}>${gear}</dd>
        <dt>${t("drive.range")}</dt>
        <dd class=${vehicle.condition(RANGE)} title=${hint(vehicle.condition(RANGE))}>${number(range)} km · ${number(charge)} %</dd>
        ${manner
          ? html`<dt>${t("drive.style")}</dt>
              <dd class=${vehicle.condition(STYLE)} title=${hint(vehicle.condition(STYLE))}>${manner}</dd>`
          : ""}
      </dl>
      <div class="glass decision" role="group" aria-label=${t("drive.decision")}>
        <span class="mark ${frame.decision.action}" aria-hidden="true">${MARKS[frame.decision.action] ?? "•"}</span>
        <span>${sentence(frame.decision.say)}</span>
      </div>
    `;
  }
}

customElements.define("drive-panel", DrivePanel);
