// What the studio's panels look like in common. Colours come from theme.css.
import { css } from "lit";

export const desk = css`
  * {
    box-sizing: border-box;
  }
  h2 {
    margin: 0 0 10px;
    font-size: 17px;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }
  button,
  select {
    min-height: 36px;
    padding: 0 14px;
    border: 1px solid var(--line);
    border-radius: 9px;
    background: var(--surface-raised);
    cursor: pointer;
    white-space: nowrap;
  }
  button:hover {
    background: var(--surface-pressed);
  }
  button:disabled {
    opacity: 0.45;
    cursor: default;
  }
  button.primary,
  button[aria-pressed="true"],
  button[aria-current="page"] {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--accent-text);
    font-weight: 600;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  input[type="text"],
  textarea {
    width: 100%;
    padding: 8px 12px;
    border: 1px solid var(--line);
    border-radius: 9px;
    background: var(--surface-raised);
  }
  .card {
    padding: 16px 18px;
    border-radius: 14px;
    background: var(--surface);
  }
  .quiet {
    color: var(--text-quiet);
  }
  .good {
    color: var(--good);
  }
  .bad {
    color: var(--danger);
  }
  .problem {
    margin: 8px 0 0;
    padding: 8px 12px;
    border-left: 4px solid var(--caution);
    border-radius: 6px;
    background: var(--surface-raised);
    overflow-wrap: anywhere;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th {
    color: var(--text-quiet);
    font-weight: 500;
    text-align: left;
    white-space: nowrap;
  }
  td,
  th {
    padding: 6px 10px 6px 0;
    border-bottom: 1px solid var(--line);
  }
  .n {
    text-align: right;
  }
  code {
    font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace;
    font-size: 13px;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`;

/** Lines of the lists; they stand within the list itself, so their styles do too. */
export const lines = css`
  .drive {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 90px 110px;
    gap: 10px;
    padding: 6px 10px;
  }
  .drive span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .hit {
    display: grid;
    grid-template-columns: 84px minmax(0, 1fr);
    gap: 10px;
    padding: 6px 10px;
    align-items: center;
  }
  .hit svg {
    width: 84px;
    height: 52px;
    border-radius: 6px;
    background: var(--road-ground);
  }
  .hit div {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .pair {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 70px;
    gap: 10px;
    padding: 8px 10px;
  }
  .pair span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
`;
