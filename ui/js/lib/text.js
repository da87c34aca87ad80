const initialsSegmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

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
 * Markdown as one reads it aloud: for a line of text in which nothing can be set off.
 *
 * @param {string} markdown
 */
export function plainText(markdown) {
  return markdown
    .replace(/```[^\n]*\n?/g, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s{0,3}(?:#{1,6}|>|[-*+])\s+/gm, "")
    .replace(/(\*\*|__|~~|`)(.+?)\1/g, "$2")
    .replace(/\s+/g, " ")
    .trim();
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
  if (names.length === 1) return `${names[0]} is typing…`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing…`;
  return "Several people are typing…";
}
