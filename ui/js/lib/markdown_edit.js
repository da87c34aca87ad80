/**
 * What the formatting keys do to a text. Each returns one change, or null: then the key does what it
 * always does.
 *
 * @import { Edit } from "./edit_field.js"
 */

/**
 * @typedef {object} Selection
 * @property {string} text
 * @property {number} from
 * @property {number} to
 */

const LIST_LINE = /^([ \t]*)([-*+]|\d{1,9}[.)])( +\[[ xX]\])?( +)/;
const QUOTE_LINE = /^([ \t]*)(>+ ?)/;

/**
 * Put marks around what is selected, or take them away.
 *
 * @param {Selection} selection
 * @param {"**" | "_" | "~~" | "`"} mark
 * @returns {Edit}
 */
export function toggleMark({ text, from, to }, mark) {
  const width = mark.length;
  const inside = text.slice(from, to);
  if (text.slice(from - width, from) === mark && text.slice(to, to + width) === mark) {
    const start = from - width;
    return {
      from: start,
      to: to + width,
      text: inside,
      selectFrom: start,
      selectTo: start + inside.length,
    };
  }
  const isMarked = inside.length > 2 * width && inside.startsWith(mark) && inside.endsWith(mark);
  if (isMarked) {
    const bare = inside.slice(width, -width);
    return { from, to, text: bare, selectFrom: from, selectTo: from + bare.length };
  }
  // A mark beside a space would be no mark.
  const start = from + (inside.length - inside.trimStart().length);
  const marked = inside.trim();
  const end = start + marked.length;
  return {
    from: start,
    to: end,
    text: `${mark}${marked}${mark}`,
    selectFrom: start + width,
    selectTo: end + width,
  };
}

/**
 * Code: within a line with marks, over several lines as a block.
 *
 * @param {Selection} selection
 * @returns {Edit}
 */
export function toggleCode({ text, from, to }) {
  const inside = text.slice(from, to);
  if (!inside.includes("\n")) return toggleMark({ text, from, to }, "`");
  const before = from === 0 || text[from - 1] === "\n" ? "" : "\n";
  const after = to === text.length || text[to] === "\n" ? "" : "\n";
  const head = `${before}\`\`\`\n`;
  return {
    from,
    to,
    text: `${head}${inside.replace(/\n$/, "")}\n\`\`\`${after}`,
    selectFrom: from + head.length,
    selectTo: from + head.length + inside.replace(/\n$/, "").length,
  };
}

/**
 * Make the selected lines a list or a quote, or lines again.
 *
 * @param {Selection} selection
 * @param {"bullets" | "numbers" | "quote"} kind
 * @returns {Edit}
 */
export function toggleLines({ text, from, to }, kind) {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const next = text.indexOf("\n", to);
  const end = next === -1 ? text.length : next;
  const lines = text.slice(start, end).split("\n");
  const mark = { bullets: /^[-*+] /, numbers: /^\d+[.)] /, quote: /^> ?/ }[kind];
  const isOn = lines.every((line) => mark.test(line));
  const made = lines.map((line, index) => {
    if (isOn) return line.replace(mark, "");
    if (kind === "quote") return `> ${line}`;
    const bare = line.replace(/^([-*+]|\d+[.)]) /, "");
    return kind === "bullets" ? `- ${bare}` : `${index + 1}. ${bare}`;
  }).join("\n");
  const caret = start + made.length;
  return {
    from: start,
    to: end,
    text: made,
    selectFrom: from === to ? caret : start,
    selectTo: caret,
  };
}

/**
 * Make the selection the label of a link.
 *
 * @param {Selection} selection
 * @param {string} address empty: the person writes it next
 * @returns {Edit}
 */
export function link({ text, from, to }, address) {
  const label = text.slice(from, to).replaceAll(/([[\]\\])/g, "\\$1");
  const made = `[${label}](${address})`;
  const place = from + label.length + (address === "" ? 3 : made.length - label.length);
  const isLabelMissing = label === "";
  const caret = isLabelMissing ? from + 1 : place;
  return { from, to, text: made, selectFrom: caret, selectTo: caret };
}

/**
 * Whether it is an address and nothing else.
 *
 * @param {string} text
 */
export function isAddress(text) {
  return /^(https?:\/\/|mailto:)[^\s<>()]+$/i.test(text) && URL.canParse(text);
}

/**
 * A new line within a list or a quote goes on with it; an empty point ends it.
 *
 * @param {Selection} selection
 * @returns {Edit | null}
 */
export function continueLine({ text, from, to }) {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const line = text.slice(start, from);
  const [point, indent = "", bullet = "", box = "", gap = ""] = LIST_LINE.exec(line) ?? [];
  const [quote] = QUOTE_LINE.exec(line) ?? [];
  const head = point ?? quote;
  if (head === undefined) return null;
  const isEmpty = line.length === head.length && (to === text.length || text[to] === "\n");
  if (isEmpty) return { from: start, to, text: "" };
  if (point === undefined) return { from, to, text: `\n${quote}` };
  const number = Number.parseInt(bullet);
  const next = Number.isNaN(number) ? bullet : `${number + 1}${bullet.at(-1)}`;
  return { from, to, text: `\n${indent}${next}${box ? " [ ]" : ""}${gap}` };
}

/**
 * Tab in code and in lists.
 *
 * @param {Selection} selection
 * @param {{ isBack: boolean }} direction
 * @returns {Edit}
 */
export function indent({ text, from, to }, { isBack }) {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const lines = text.slice(start, to).split("\n");
  const made = lines.map((line) => isBack ? line.replace(/^( {1,2}|\t)/, "") : `  ${line}`).join(
    "\n",
  );
  if (from === to && !isBack) return { from, to, text: "  " };
  const shift = made.length - (to - start);
  const first = (made.split("\n")[0] ?? "").length - (lines[0] ?? "").length;
  return {
    from: start,
    to,
    text: made,
    selectFrom: Math.max(start, from + first),
    selectTo: Math.max(start, to + shift),
  };
}
