// Starts a run of the loop over the whole archive, and says how far it is.
import { LitElement, css, html } from "lit";
import { Speak, number, t } from "../lib/i18n.js";
import { get, post } from "./api.js";
import { desk } from "./styles.js";

const POLL_MS = 1000;
const FIRST = { candidate: "sampling", incumbent: "idm" };

class RunForm extends LitElement {
  static properties = {
    planners: { type: Array },
    run: { state: true },
    problem: { state: true },
  };
  static styles = [
    desk,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 10px;
        align-items: end;
      }
      label {
        display: grid;
        gap: 2px;
        flex: 1 1 110px;
      }
      .card {
        margin-bottom: 14px;
      }
      .state {
        display: flex;
        gap: 10px;
        align-items: center;
        min-height: 36px;
        margin-top: 8px;
      }
      progress {
        flex: 1;
        min-width: 40px;
        accent-color: var(--accent);
      }
    `,
  ];

  constructor() {
    super();
    new Speak(this);
    this.planners = [];
    this.run = null;
    this.problem = null;
  }

  connectedCallback() {
    super.connectedCallback();
    // A run goes on while nobody looks.
    this.#watch(() => get("/run"));
  }

  /** @param {() => Promise<any>} begin */
  async #watch(begin) {
    try {
      let run = await begin();
      const isNews = run && !run.is_over;
      while (run && !run.is_over && this.isConnected) {
        this.run = run;
        await new Promise((done) => setTimeout(done, POLL_MS));
        run = await get("/run");
      }
      this.run = run;
      if (isNews && run.verdict) this.dispatchEvent(new CustomEvent("verdict", { detail: run.verdict }));
    } catch (problem) {
      this.problem = problem;
    }
  }

  /** @param {SubmitEvent} event */
  #start(event) {
    event.preventDefault();
    const { candidate, incumbent, background } = event.target.elements;
    this.problem = null;
    this.#watch(() =>
      post("/run", { candidate: candidate.value, incumbent: incumbent.value, background: background.value }),
    );
  }

  #choice(role) {
    return html`<label><span class="quiet">${t(`studio.${role}`)}</span>
      <select name=${role}>${this.planners.map((name) => html`<option ?selected=${name === FIRST[role]}>${name}</option>`)}</select></label>`;
  }

  #state() {
    const { run } = this;
    if (!run) return "";
    if (run.error) return html`<p class="problem" role="alert">${t(run.error.message)} ${run.error.hint}</p>`;
    if (run.is_over) return run.verdict ? "" : html`<p class="quiet">${t("studio.run.stopped")}</p>`;
    return html`<div class="state" role="status">
      <span>${run.candidate} ${t("studio.against")} ${run.incumbent} · ${t(`studio.run.${run.step}`)} ${run.step === "judge" ? "" : html`${number(run.done)} / ${number(run.todo)}`}</span>
      <progress max=${run.todo || 1} .value=${run.done}></progress>
      <button @click=${async () => (this.run = await post("/run/stop"))}>${t("studio.stop")}</button>
    </div>`;
  }

  render() {
    const isGoingOn = Boolean(this.run && !this.run.is_over);
    return html`<section class="card">
      <h2>${t("studio.run.new")}</h2>
      <form @submit=${(event) => this.#start(event)}>
        ${this.#choice("candidate")} ${this.#choice("incumbent")}
        <label><span class="quiet">${t("studio.run.others")}</span>
          <select name="background">
            <option value="reactive">${t("studio.run.reactive")}</option>
            <option value="replay">${t("studio.run.replay")}</option>
          </select></label>
        <button class="primary" ?disabled=${isGoingOn}>${t("studio.run.start")}</button>
      </form>
      ${this.#state()}
      ${this.problem ? html`<p class="problem" role="alert">${t(this.problem.message)}<br><span class="quiet">${this.problem.hint}</span></p>` : ""}
    </section>`;
  }
}

customElements.define("run-form", RunForm);
