import { html } from "lit";

/**
 * A name with the letters marked that were looked for.
 *
 * @param {string} text
 * @param {[number, number][]} ranges in order
 */
export function marked(text, ranges) {
  const pieces = [];
  let from = 0;
  for (const [start, end] of ranges) {
    pieces.push(text.slice(from, start), html`<mark>${text.slice(start, end)}</mark>`);
    from = end;
  }
  return html`${pieces}${text.slice(from)}`;
}
