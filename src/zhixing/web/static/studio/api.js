// What the studio asks its server for. An answer that says why not is an error with a hint.

export class Complaint extends Error {
  /** @param {string} message @param {string} hint */
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

/** @param {string} path @param {RequestInit} [options] */
async function asked(path, options) {
  let answer;
  try {
    answer = await fetch(`/studio/api${path}`, options);
  } catch {
    throw new Complaint("studio.unreachable", "");
  }
  const said = await answer.json().catch(() => ({ message: `HTTP ${answer.status}`, hint: "" }));
  if (!answer.ok) throw new Complaint(said.message ?? `HTTP ${answer.status}`, said.hint ?? "");
  return said;
}

/** @param {string} path */
export const get = (path) => asked(path);

/** @param {string} path @param {unknown} [body] */
export const post = (path, body = {}) =>
  asked(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
