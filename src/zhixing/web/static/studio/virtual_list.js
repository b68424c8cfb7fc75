// A list of any length: only the lines in sight are there, and they are fetched when they come into sight.
import { LitElement, css, html } from "lit";
import { desk, lines } from "./styles.js";

const PAGE = 40;
const MOST_PAGES = 60;
const PATIENCE_MS = 60;

/** Properties: `count`, `height` of a line in px, `fetchPage(first, count)`, `line(row, index)`, `chosen`, `label`. */
class VirtualList extends LitElement {
  static properties = {
    count: { type: Number },
    chosen: { type: Number },
    height: { type: Number },
    label: {},
    source: { attribute: false },
    first: { state: true },
  };
  static styles = [
    desk,
    lines,
    css`
      :host {
        display: block;
        overflow: auto;
        min-height: 0;
        border-radius: 10px;
      }
      .all {
        position: relative;
      }
      [role="option"] {
        position: absolute;
        left: 0;
        right: 0;
        overflow: hidden;
        border-bottom: 1px solid var(--line);
        cursor: pointer;
      }
      [role="option"]:hover {
        background: var(--surface-raised);
      }
      [aria-selected="true"] {
        background: var(--surface-pressed) !important;
        box-shadow: inset 4px 0 0 var(--accent);
      }
    `,
  ];

  constructor() {
    super();
    this.count = 0;
    this.chosen = -1;
    this.height = 60;
    this.label = "";
    this.first = 0;
    /** @type {((first: number, count: number) => Promise<unknown[]>) | null} */
    this.fetchPage = null;
    this.line = () => html``;
    /** @type {Map<number, unknown[] | "asked">} */
    this.pages = new Map();
    this.addEventListener("scroll", () => (this.first = Math.floor(this.scrollTop / this.height)), { passive: true });
    new ResizeObserver(() => this.requestUpdate()).observe(this);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("source")) {
      this.pages.clear();
      this.first = 0;
      this.scrollTop = 0;
    }
    if (changed.has("count")) {
      const last = Math.floor((Number(changed.get("count")) || 0) / PAGE);
      this.pages.delete(last);
    }
  }

  get #last() {
    return Math.min(this.count, this.first + Math.ceil(this.clientHeight / this.height) + 2);
  }

  updated() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#fetchMissing(), PATIENCE_MS);
  }

  async #fetchMissing() {
    const from = Math.floor(this.first / PAGE), until = Math.floor(Math.max(this.#last - 1, 0) / PAGE);
    for (let page = from; page <= until && page * PAGE < this.count; page++) {
      if (this.pages.has(page)) continue;
      const source = this.source;
      this.pages.set(page, "asked");
      try {
        const rows = await this.fetchPage(page * PAGE, PAGE);
        if (source !== this.source) return;
        this.pages.set(page, rows);
      } catch {
        if (source === this.source) this.pages.delete(page);
        return;
      }
      while (this.pages.size > MOST_PAGES) this.pages.delete(this.pages.keys().next().value);
      this.requestUpdate();
    }
  }

  /** @param {number} index */
  choose(index) {
    if (index < 0 || index >= this.count) return;
    const top = index * this.height;
    if (top < this.scrollTop) this.scrollTop = top;
    if (top + this.height > this.scrollTop + this.clientHeight) this.scrollTop = top + this.height - this.clientHeight;
    this.dispatchEvent(new CustomEvent("choose", { detail: index }));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const page = Math.max(1, Math.floor(this.clientHeight / this.height) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.count, End: this.count }[event.key];
    if (!step) return;
    event.preventDefault();
    this.choose(Math.min(Math.max(this.chosen + step, 0), this.count - 1));
  }

  render() {
    const lines = [];
    for (let k = Math.max(0, this.first - 1); k < this.#last; k++) {
      const page = this.pages.get(Math.floor(k / PAGE)), row = Array.isArray(page) ? page[k % PAGE] : undefined;
      lines.push(html`<div
        role="option"
        id="line-${k}"
        aria-selected=${this.chosen === k}
        aria-posinset=${k + 1}
        aria-setsize=${this.count}
        .style=${`top:${k * this.height}px;height:${this.height}px`}
        @click=${() => this.choose(k)}
      >${row === undefined ? html`` : this.line(row, k)}</div>`);
    }
    return html`<div
      class="all"
      role="listbox"
      tabindex="0"
      aria-label=${this.label}
      aria-activedescendant=${this.chosen >= 0 ? `line-${this.chosen}` : ""}
      .style=${`height:${this.count * this.height}px`}
      @keydown=${this.#key}
    >${lines}</div>`;
  }
}

customElements.define("virtual-list", VirtualList);
