// The one WebSocket and the only protocol code. Samples and turns come down, wishes go up.
// The wire is described in docs/reference/wire.md.

const RETRY_MS = [250, 500, 1000, 2000];
const MAX_TURNS = 50;
const MAX_FRAMES = 6;

/** What the car tells, kept for whoever draws it; changes are announced as events of the same name. */
class Vehicle extends EventTarget {
  /** @type {"connecting" | "open" | "lost"} */
  state = "connecting";
  /** @type {Map<string, number | boolean | string>} */
  values = new Map();
  /** @type {Map<string, number | boolean | string>} */
  targets = new Map();
  /** @type {Set<string>} signals whose provider has gone silent */
  stale = new Set();
  /** @type {Map<string, any>} */
  leaves = new Map();
  /** @type {any} */
  road = null;
  /** @type {{at: number, frame: any}[]} */
  frames = [];
  /** @type {any[]} */
  turns = [];
  /** @type {any} the newest answer of the door to a touch: a refusal or a question */
  answer = null;
  /** @type {any[]} what the car remembers of its people */
  facts = [];
  /** @type {any} */
  roadUsers = {};
  zone = "driver";

  #socket = /** @type {WebSocket | null} */ (null);
  #attempt = 0;
  #nextId = 1;

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    this.#socket = socket;
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onopen = () => {
      this.#attempt = 0;
      this.#become("open");
      this.#send({ type: "recall" });
    };
    socket.onclose = () => {
      this.#become("lost");
      const wait = RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)];
      setTimeout(() => this.connect(), wait);
    };
  }

  get isConnected() {
    return this.state === "open";
  }

  /** Ask that an actuator take a value. @param {string} path @param {number | boolean | string} value */
  set(path, value) {
    this.#send({ type: "set", path, value });
  }

  /** Say something to the assistant. @param {string} text @param {string | null} lang */
  say(text, lang = null) {
    this.#send({ type: "say", text, lang });
  }

  /** Have a remembered fact deleted. @param {number} number */
  forget(number) {
    this.#send({ type: "forget", number });
  }

  /** Answer the open question of the door. @param {boolean} yes */
  reply(yes) {
    if (this.answer?.token) this.#send({ type: yes ? "confirm" : "deny", token: this.answer.token });
    this.#announce("answer", (this.answer = null));
  }

  /** The value to show: what the car has reported. @param {string} path */
  value(path) {
    return this.values.get(path);
  }

  /** The value as a number, NaN where nobody has reported one. @param {string} path */
  number(path) {
    return Number(this.values.get(path) ?? NaN);
  }

  /**
   * How far a value can be relied on, as a class name: something else is wanted and not reported yet, its provider has
   * gone silent, nobody has ever reported it, or none of that.
   * @param {string} path
   */
  condition(path) {
    if (!this.values.has(path)) return "absent";
    if (this.stale.has(path)) return "stale";
    return this.targets.has(path) ? "pending" : "";
  }

  /** Whether the car underneath has gone silent: the speed is among what is not heard of any more. */
  get isSilent() {
    return this.stale.has("Vehicle.Speed");
  }

  /** @param {any} message */
  #send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      this.#announce("answer", (this.answer = { kind: "lost" }));
      return;
    }
    this.#socket.send(JSON.stringify({ id: String(this.#nextId++), zone: this.zone, ...message }));
  }

  /** @param {any} message */
  #receive(message) {
    switch (message.type) {
      case "hello":
        this.leaves = new Map(message.signals.map((/** @type {any} */ leaf) => [leaf.path, leaf]));
        this.roadUsers = message.road_users;
        this.values.clear();
        this.targets.clear();
        this.stale.clear();
        this.frames = [];
        break;
      case "road":
        this.#announce("road", (this.road = message));
        break;
      case "frame":
        this.frames.push({ at: performance.now(), frame: message });
        if (this.frames.length > MAX_FRAMES) this.frames.shift();
        this.#announce("frame", message);
        break;
      case "signals":
        for (const [path, value] of Object.entries(message.values)) {
          this.values.set(path, value);
          this.stale.delete(path);
        }
        for (const path of message.stale) this.stale.add(path);
        for (const [path, value] of Object.entries(message.targets)) {
          if (value === null) this.targets.delete(path);
          else this.targets.set(path, value);
        }
        this.#announce("signals", message);
        break;
      case "turn": {
        const known = this.turns.findIndex((turn) => turn.turn === message.turn);
        if (known >= 0) this.turns = this.turns.with(known, message);
        else this.turns = [...this.turns, message].slice(-MAX_TURNS);
        this.#announce("turn", message);
        break;
      }
      case "facts":
        this.#announce("facts", (this.facts = message.facts));
        break;
      case "outcome":
        this.#announce("answer", (this.answer = message.kind === "granted" ? null : message));
        this.#announce("signals", message);
        break;
      case "error":
        this.#announce("answer", (this.answer = { kind: "error", message: message.message }));
        break;
    }
  }

  /** @param {"connecting" | "open" | "lost"} state */
  #become(state) {
    const wasLost = this.state === "lost";
    this.state = state;
    if (state === "lost" && !wasLost) {
      this.turns = [];
      this.#announce("answer", (this.answer = null)); // its question died with the connection
    }
    if (state === "open" && this.answer?.kind === "lost") this.#announce("answer", (this.answer = null));
    this.#announce("state", state);
  }

  /** @param {string} name @param {unknown} detail */
  #announce(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

export const vehicle = new Vehicle();

/** Renders its host whenever the vehicle announces one of some events. */
export class Watch {
  /** @param {import("lit").LitElement} host @param {...string} events */
  constructor(host, ...events) {
    this.host = host;
    this.events = events;
    host.addController(this);
  }

  hostConnected() {
    for (const name of this.events) vehicle.addEventListener(name, this);
  }

  hostDisconnected() {
    for (const name of this.events) vehicle.removeEventListener(name, this);
  }

  handleEvent() {
    this.host.requestUpdate();
  }
}
