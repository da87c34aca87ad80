import { locale, t } from "./i18n.js";

const initialsSegmenter = new Intl.Segmenter(locale(), { granularity: "grapheme" });

/**
 * Length as the server counts it: code points, not UTF-16 units.
 *
 * @param {string} text
 */
export function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * @param {string} name
 * @returns {string} one or two characters for an avatar
 */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  const letters = picked.map((word) => firstGrapheme(word ?? "")).join("");
  return letters.toLocaleUpperCase() || "?";
}

/** @param {string} word */
function firstGrapheme(word) {
  for (const { segment } of initialsSegmenter.segment(word)) return segment;
  return "";
}

/**
 * Whether the caret stands inside a fenced code block that is still open.
 *
 * @param {string} textBeforeCaret
 */
export function isInsideFence(textBeforeCaret) {
  const fences = textBeforeCaret.match(/^ {0,3}```/gm);
  return fences !== null && fences.length % 2 === 1;
}

/**
 * What is left of Markdown for a few lines somewhere else: the words, without the signs around them.
 *
 * @param {string} markdown
 */
export function plainText(markdown) {
  return markdown
    .replaceAll(/^ {0,3}```.*$/gm, "")
    .replaceAll(/^ {0,3}(?:#{1,6}|>|[-*+]) +/gm, "")
    .replaceAll(/!?\[([^\]\n]+)\]\([^)\s]+\)/g, "$1")
    .replaceAll(/(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1/g, "$2")
    .replaceAll(/(?<![\w*])([*_])(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*])/g, "$2")
    .replaceAll(/`([^`\n]+)`/g, "$1")
    .replaceAll(/\n{2,}/g, "\n")
    .trim();
}

/** Lines of a message that are shown at once. */
const LINES_SHOWN = 25;

/** Of code, which scrolls inside itself, only so many lines take room. */
const CODE_LINES = 18;

/** About as many characters stand in a line. */
const LINE_CHARS = 100;

/**
 * Whether a text is so long that it is folded. Counted, not measured: it is known before it is drawn.
 *
 * @param {string} text
 */
export function isLong(text) {
  let lines = 0;
  let codeLines = null;
  for (const line of text.split("\n")) {
    if (/^ {0,3}```/.test(line)) {
      lines += Math.min(codeLines ?? 0, CODE_LINES);
      codeLines = codeLines === null ? 0 : null;
    } else if (codeLines !== null) codeLines += 1;
    else lines += Math.max(1, Math.ceil(line.length / LINE_CHARS));
  }
  return lines + Math.min(codeLines ?? 0, CODE_LINES) > LINES_SHOWN;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export function plural(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * @param {string[]} names
 * @returns {string} who is typing, as a sentence; empty when nobody is
 */
export function typingSentence(names) {
  if (names.length === 0) return "";
  const [first = "", second = ""] = names;
  if (names.length === 1) return t("{name} is typing…", { name: first });
  if (names.length === 2) return t("{first} and {second} are typing…", { first, second });
  return t("Several people are typing…");
}
