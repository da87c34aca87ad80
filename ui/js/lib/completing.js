/**
 * Finding what somebody is about to name.
 */

import { isInsideFence } from "./text.js";

/**
 * @typedef {object} Beginning
 * @property {"person" | "channel" | "emoji" | "command"} kind
 * @property {string} query what follows the sign
 * @property {number} from where the sign stands
 * @property {number} to the caret
 */

// As the server reads names: not inside of a word, an address or another name.
const PERSON = /(?<![\p{L}\p{N}_@.+-])@([\p{L}\p{N}_.\-’']*(?: [\p{L}\p{N}_.\-’']+){0,2})$/u;
const CHANNEL =
  /(?<![\p{L}\p{N}_#@/&.+-])#([^\s!-,./:-@[-^`{-~]*(?:[.-]+[^\s!-,./:-@[-^`{-~]*)*)$/u;
const EMOJI = /(?<![\p{L}\p{N}_:]):([\p{L}\p{N}_+-]{2,40})$/u;
const COMMAND = /^\/([a-z]*)$/;

/**
 * @param {string} text
 * @param {number} caret
 * @returns {Beginning | null}
 */
export function beginningAt(text, caret) {
  const before = text.slice(0, caret);
  const command = COMMAND.exec(before);
  if (command) return { kind: "command", query: command[1] ?? "", from: 0, to: caret };
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (isInsideFence(before) || isInsideCode(line)) return null;
  const kinds = /** @type {const} */ ([["person", PERSON], ["channel", CHANNEL], ["emoji", EMOJI]]);
  for (const [kind, pattern] of kinds) {
    const found = pattern.exec(line);
    if (found) {
      return { kind, query: found[1] ?? "", from: caret - found[0].length, to: caret };
    }
  }
  return null;
}

/** @param {string} line up to the caret */
function isInsideCode(line) {
  let open = "";
  for (const [marks] of line.matchAll(/`+/g)) {
    if (open === "") open = marks;
    else if (open === marks) open = "";
  }
  return open !== "";
}
