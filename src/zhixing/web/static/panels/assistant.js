// The conversation: what was said, what the car answered, and a line to type.
import { LitElement, css, html } from "lit";
import { Speak, t } from "../lib/i18n.js";
import { Watch, vehicle } from "../lib/vehicle.js";
import { buttons, surface } from "./shared_styles.js";

const ASKING = ["confirm", "propose"];

class AssistantPanel extends LitElement {
  static styles = [
    surface,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr) auto;
        gap: 10px;
        padding: 16px;
      }
      @media (max-aspect-ratio: 2/1) {
        :host {
          grid-template-rows: minmax(0, 1fr) auto;
        }
        h2 {
          position: absolute;
          clip-path: inset(50%);
        }
      }
      .log {
        display: flex;
        flex-direction: column;
        gap: 8px;
        overflow-y: auto;
        scrollbar-width: none;
      }
      .log > * {
        flex: none;
      }
      .log > :first-child {
        margin-top: auto;
      }
      p {
        margin: 0;
        max-width: 88%;
        padding: 10px 16px;
        border-radius: var(--radius);
        background: var(--surface-raised);
        overflow-wrap: anywhere;
      }
      .you {
        align-self: end;
        background: var(--surface-pressed);
      }
      .refused,
      .failed {
        border-left: 5px solid var(--caution);
      }
      .thinking,
      .working {
        color: var(--text-quiet);
      }
      .row {
        display: flex;
        gap: 8px;
        flex-wrap: wrap;
      }
      .examples {
        flex-wrap: nowrap;
        overflow-x: auto;
        scrollbar-width: none;
      }
      .examples button {
        flex: none;
      }
      form {
        display: flex;
        gap: 8px;
      }
      input {
        flex: 1;
        min-width: 0;
        min-height: 56px;
        padding: 0 16px;
        border: 2px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--background);
      }
      input::placeholder {
        color: var(--text-quiet);
        opacity: 1;
      }
    `,
  ];

  constructor() {
    super();
    new Watch(this, "turn", "state");
    new Speak(this);
  }

  updated() {
    const log = this.renderRoot.querySelector(".log");
    if (log) log.scrollTop = log.scrollHeight;
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector("input"));
    const text = input.value.trim();
    if (!vehicle.isConnected) return; // the words stay until they can be sent
    if (text) vehicle.say(text);
    input.value = "";
  }

  /** @param {any} turn */
  #turn(turn) {
    const waiting = { working: t("assistant.working"), thinking: turn.reply || t("assistant.thinking") };
    const reply = waiting[/** @type {"working"} */ (turn.outcome)] ?? turn.reply;
    return html`
      <p class="you" lang=${turn.lang}><span class="hidden">${t("assistant.you")}: </span>${turn.text}</p>
      <p class=${turn.outcome} lang=${turn.lang}>
        <span class="hidden">${t("assistant.car")}: </span>${reply || t("assistant.ignored")}
      </p>
    `;
  }

  render() {
    const last = vehicle.turns.at(-1);
    const isAsking = last && ASKING.includes(last.outcome);
    const words = /** @type {Record<string, [string, string]>} */ ({
      zh: ["好的", "不用了"],
      en: ["Yes", "No"],
      de: ["Ja", "Nein"],
    });
    const [yes, no] = words[last?.lang] ?? words.zh;
    return html`
      <h2>${t("assistant.label")}</h2>
      <div class="log" role="log" aria-live="polite" aria-label=${t("assistant.label")} tabindex="0">
        <p>${t("assistant.hello")}</p>
        ${vehicle.turns.map((turn) => this.#turn(turn))}
        ${isAsking
          ? html`<div class="row">
              <button class="primary" @click=${() => vehicle.say(yes, last.lang)}>${t("answer.yes")}</button>
              <button @click=${() => vehicle.say(no, last.lang)}>${t("answer.no")}</button>
            </div>`
          : ""}
        ${vehicle.turns.length
          ? ""
          : html`<div class="row examples" role="group" aria-label=${t("assistant.try")}>
              ${t("assistant.examples")
                .split("|")
                .map((text) => html`<button @click=${() => vehicle.say(text)}>${text}</button>`)}
            </div>`}
      </div>
      <form @submit=${this.#submit}>
        <input
          type="text"
          maxlength="500"
          autocomplete="off"
          enterkeyhint="send"
          aria-label=${t("assistant.input")}
          placeholder=${t("assistant.input")}
        />
        <button class="primary" type="submit" ?disabled=${!vehicle.isConnected}>${t("assistant.send")}</button>
      </form>
    `;
  }
}

customElements.define("assistant-panel", AssistantPanel);
