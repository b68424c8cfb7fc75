// One scene, seen from above: by one eye, or by two drivers side by side on the same clock, with a timeline.
import { LitElement, css, html } from "lit";
import { Speak, currentLang, number, t } from "../lib/i18n.js";
import { desk } from "./styles.js";
import { verdictWord } from "./words.js";
import { Player } from "/studio/report/player.js";

const RATES = [0.25, 0.5, 1, 2, 4];
const PLACE = { zh: 1, en: 2, de: 3 };

/** Properties: `scene`, `names` of candidate and incumbent, `bars` over the timeline: {label, from, until, kind}, and
 * `origin`, where in the recording the scene begins, in seconds. */
class ScenePlayer extends LitElement {
  static properties = {
    scene: { attribute: false },
    names: { attribute: false },
    bars: { attribute: false },
    origin: { type: Number },
    time: { state: true },
    rate: { state: true },
    isPlaying: { state: true },
  };
  static styles = [
    desk,
    css`
      .views {
        display: flex;
        gap: 10px;
      }
      figure {
        flex: 1;
        min-width: 0;
        margin: 0;
      }
      canvas {
        display: block;
        width: 100%;
        height: var(--player-height, 46vh);
        border-radius: 12px;
        background: var(--road-ground);
        --paper: var(--road-ground);
        --road: var(--road-driving);
        --line: var(--road-marking);
        --ours: var(--accent);
        --theirs: var(--road-car);
        --warn: var(--warm);
        --ink: var(--road-ego);
        --good: var(--road-green);
        --bad: var(--road-red);
      }
      figcaption {
        min-height: 1.5em;
        padding: 4px 2px 0;
      }
      .controls {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto auto;
        gap: 1px 12px;
        align-items: center;
        margin-top: 6px;
      }
      .label {
        grid-column: 1;
        max-width: 220px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: 12px;
        line-height: 18px;
        color: var(--text-quiet);
      }
      .bar {
        grid-column: 2;
        position: relative;
        height: 18px;
        margin: 0 8px;
      }
      .bar i {
        position: absolute;
        top: 5px;
        height: 9px;
        min-width: 3px;
        border-radius: 4px;
        background: var(--text-quiet);
        opacity: 0.7;
      }
      .bar.hit i {
        background: var(--accent);
        opacity: 1;
      }
      .play {
        grid-column: 1;
        margin-top: 4px;
      }
      input[type="range"] {
        width: 100%;
        accent-color: var(--accent);
      }
      time {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
    `,
  ];

  constructor() {
    super();
    new Speak(this);
    this.scene = null;
    this.names = {};
    this.bars = [];
    this.time = 0;
    /** Where in the recording the scene begins, in seconds. */
    this.origin = 0;
    this.rate = 1;
    this.isPlaying = false;
    /** @type {Player[]} */
    this.players = [];
    window.addEventListener("themechange", () => requestAnimationFrame(() => this.players.forEach((one) => one.draw())));
  }

  get #views() {
    return this.scene.body ? ["candidate", "incumbent"] : ["candidate"];
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (!changed.has("scene") || !this.scene) return;
    for (const old of this.players) {
      old.isPlaying = false;
      old.watch.disconnect();
    }
    this.players = [...this.renderRoot.querySelectorAll("canvas")].map((canvas, k) => {
      const player = new Player(canvas, (time) => k === 0 && this.#tick(time), this.#views[k]);
      player.reach = this.scene.body ? 80 : 100;
      player.rate = this.rate;
      return player;
    });
    // Where it begins everybody who plays a role is there.
    const start = this.scene.hit?.[0] ?? 0;
    for (const player of this.players) player.show(this.scene, start);
    // Captions speak of what players show, and these are there only now.
    this.requestUpdate();
  }

  /** @param {number} time */
  #tick(time) {
    this.time = time;
    this.isPlaying = this.players[0]?.isPlaying ?? false;
    this.players.slice(1).forEach((other) => other.scene && other.seek(time));
  }

  /** @param {number} rate */
  #pace(rate) {
    this.rate = rate;
    for (const player of this.players) player.rate = rate;
  }

  /** @param {number} time */
  seek(time) {
    this.players[0].isPlaying = false;
    this.players[0].seek(time);
  }

  #play() {
    this.players[0].play(!this.players[0].isPlaying);
    this.isPlaying = this.players[0].isPlaying;
  }

  /** @param {string} who */
  #caption(who) {
    const player = this.players.find((one) => one.view === who);
    if (!this.scene.body || !player || player.scene !== this.scene) return "";
    const run = this.scene[who], speed = number(Math.abs(player.ego(who)[3]) * 3.6);
    const said = run.says.filter(([since]) => since <= this.time + 1e-6).at(-1);
    const end = this.time >= run.t.at(-1) ? html` · <b class=${run.outcome === "goal" ? "good" : "bad"}>${verdictWord(run.outcome)}</b>` : "";
    return html`<b>${this.names[who] ?? who}</b> · ${speed} km/h${end} <span class="quiet">${said ? said[PLACE[currentLang()]] : ""}</span>`;
  }

  render() {
    if (!this.scene) return html``;
    const end = Math.max(...this.#views.map((who) => this.scene[who].t.at(-1)), 0.1);
    const share = (time) => `${(100 * Math.min(Math.max(time / end, 0), 1)).toFixed(2)}%`;
    return html`
      <div class="views">
        ${this.#views.map((who) => html`<figure>
          <canvas role="img" aria-label=${`${t("studio.topview")} ${this.names[who] ?? ""}`}></canvas>
          <figcaption>${this.#caption(who)}</figcaption>
        </figure>`)}
      </div>
      <div class="controls">
        ${this.bars.map((bar) => html`<span class="label" title=${bar.label}>${bar.label}</span>
          <div class="bar ${bar.kind}"><i .style=${`left:${share(bar.from)};width:${share(bar.until - bar.from)}`}></i></div>`)}
        <button class="play" @click=${this.#play}>${t(this.isPlaying ? "studio.pause" : "studio.play")}</button>
        <input type="range" min="0" max=${end} step="0.1" .value=${String(this.time)} aria-label=${t("studio.time")}
          @input=${(event) => this.seek(Number(event.target.value))}>
        <select aria-label=${t("studio.rate")} @change=${(event) => this.#pace(Number(event.target.value))}>
          ${RATES.map((rate) => html`<option value=${rate} ?selected=${rate === this.rate}>${number(rate, rate < 1 ? 2 : 0)}×</option>`)}
        </select>
        <time>${number(this.origin + this.time, 1)} / ${number(this.origin + end, 1)} s</time>
      </div>
    `;
  }
}

customElements.define("scene-player", ScenePlayer);
