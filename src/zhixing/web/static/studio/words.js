// What measures, their values and roles are called, from the server that measures them.
import { currentLang, number } from "../lib/i18n.js";
import { get } from "./api.js";
import { WORDS as VERDICT } from "/studio/report/words.js";

/** What a verdict's rules, outcomes and parts are called, as in the report. @param {string} name */
export function verdictWord(name) {
  const said = /** @type {Record<string, string[]>} */ (VERDICT)[name];
  return said ? said[{ zh: 0, en: 1, de: 2 }[currentLang()]] : name;
}

/** @param {string} rule */
export const ruleName = (rule) => verdictWord(rule === "coverage" ? "rule.coverage" : rule);

/** @typedef {{zh: string, en: string, de: string}} Three */
/** @type {{measures: Record<string, {name: Three, meaning: Three, unit: string, words: string[]}>,
 *   values: Record<string, Three>, roles: Record<string, Three>, has_model: boolean}} */
let words = { measures: {}, values: {}, roles: {}, has_model: false };

/** Ask for the words; whoever shows some waits for it. */
export const loaded = get("/words").then(
  (said) => {
    words = said;
  },
  () => undefined,
);

export const hasModel = () => words.has_model;

/** What somebody who plays a role is called; a second one of a kind is `car_2`. @param {string} role */
export function roleName(role) {
  const [, base, count] = /** @type {RegExpExecArray} */ (/^(.*?)(?:_(\d+|more))?$/.exec(role));
  const said = words.roles[base]?.[currentLang()];
  return said === undefined ? role : `${said}${count && count !== "more" ? ` ${count}` : ""}`;
}

/** What a measure is called. @param {string} name */
export const measureName = (name) => words.measures[name]?.name[currentLang()] ?? name;

/** What a measure means, in a sentence. @param {string} name */
export const measureMeaning = (name) => words.measures[name]?.meaning[currentLang()] ?? "";

/** Names in a row, as the language joins them. @param {string[]} names */
export const listed = (names) => names.join(currentLang() === "zh" ? "、" : ", ");

/** A value of a measure with its unit; a fact is yes or no, a word is said. @param {string} name @param {number} value */
export function valueOf(name, value) {
  const measure = words.measures[name];
  const [yes, no] = { zh: ["是", "否"], en: ["yes", "no"], de: ["ja", "nein"] }[currentLang()];
  if (!measure) return number(value, 2);
  if (measure.words.length) return words.values[measure.words[Math.round(value)]]?.[currentLang()] ?? String(value);
  if (!measure.unit) return value ? yes : no;
  if (measure.unit === "m/s") return `${number(3.6 * value, 1)} km/h`;
  if (measure.unit === "rad") return `${number((180 / Math.PI) * value, 0)}°`;
  return `${number(value, 2)}${measure.unit === "1" ? "" : ` ${measure.unit}`}`;
}
