/**
 * The words of the page in the reader's language. English stands in the code; what a translation says
 * for it comes with the page, as a script that runs before all others. What is not translated stays
 * English.
 */

/** @typedef {Record<string, string | number>} Values what stands for `{name}` in a text */

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** @type {Record<string, string | string[]>} */
let translations = {};

/** @type {(count: number) => number} */
let pluralForm = (count) => count === 1 ? 0 : 1;

/**
 * @param {Record<string, string | string[]>} texts English → its translation, or its plural forms
 * @param {(count: number) => number} [form] which of the forms a number takes
 */
export function useTranslations(texts, form) {
  translations = texts;
  if (form) pluralForm = form;
}

/**
 * How the reader writes numbers and dates: as their browser does where it speaks the page's language,
 * so that somebody in Britain does not read the dates of America.
 *
 * @returns {string | undefined} undefined: as the system does
 */
export function locale() {
  const language = globalThis.document?.documentElement.lang;
  if (!language) return undefined;
  const own = navigator.languages.find((tag) => tag.split("-")[0] === language.split("-")[0]);
  return own ?? language;
}

/**
 * @param {string} text English, written out where it is used
 * @param {Values} [values]
 */
export function t(text, values) {
  const translated = translations[text];
  return fill(typeof translated === "string" ? translated : text, values);
}

/**
 * Something that is counted. `{count}` stands for the number as the reader's language writes it.
 *
 * @param {string} one English for a single thing
 * @param {string} many English for any other number
 * @param {number} count
 * @param {Values} [values]
 */
export function tn(one, many, count, values) {
  const forms = translations[one];
  const chosen = Array.isArray(forms) ? forms[pluralForm(count)] : undefined;
  return fill(chosen || (count === 1 ? one : many), {
    count: count.toLocaleString(locale()),
    ...values,
  });
}

/**
 * @param {string} text
 * @param {Values | undefined} values
 */
function fill(text, values) {
  if (!values) return text;
  return text.replaceAll(/\{(\w+)\}/g, (place, name) => isolated(values[name] ?? place));
}

/**
 * A name that is read in the other direction must not turn the sentence around it.
 *
 * @param {string | number} value
 */
function isolated(value) {
  const isTurned = typeof value === "string" &&
    (RIGHT_TO_LEFT.test(value) || globalThis.document?.documentElement.dir === "rtl");
  return isTurned ? `\u2068${value}\u2069` : String(value);
}
