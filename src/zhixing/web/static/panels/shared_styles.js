// What panels look like in common: surfaces, buttons, switches, sliders. Colours come from theme.css.
import { css } from "lit";

export const surface = css`
  :host {
    display: block;
    background: var(--surface);
    border-radius: var(--radius);
    overflow: hidden;
  }
  h2 {
    margin: 0;
    font-size: 20px;
    font-weight: 600;
    color: var(--text-quiet);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** Values that cannot be relied on, as `vehicle.condition` names them. */
export const reliability = css`
  .stale,
  .absent {
    opacity: 0.55;
  }
  .stale {
    text-decoration: underline dotted var(--caution) 3px;
    text-underline-offset: 4px;
  }
`;

export const buttons = css`
  ${reliability}
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    min-height: var(--touch);
    min-width: var(--touch);
    padding: 0 14px;
    border: 2px solid transparent;
    border-radius: var(--radius-small);
    background: var(--surface-raised);
    cursor: pointer;
    transition: background 120ms;
  }
  button:disabled {
    opacity: 0.45;
    cursor: default;
  }
  button:hover {
    background: var(--surface-pressed);
  }
  button[aria-pressed="true"],
  button[aria-checked="true"],
  button[aria-selected="true"],
  button.primary {
    background: var(--accent);
    color: var(--accent-text);
    font-weight: 600;
  }
  .pending {
    border-color: var(--accent);
    border-style: dashed;
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  input[type="range"] {
    width: 100%;
    height: var(--touch);
    margin: 0;
    accent-color: var(--accent);
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`;
