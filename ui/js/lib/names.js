/**
 * Several people in one sentence.
 */

import { locale, tn } from "./i18n.js";

const list = new Intl.ListFormat(locale(), { type: "conjunction" });

/**
 * @param {string[]} names those to name, the first ones first
 * @param {number} total how many they are in all
 * @returns {string} "Ann", "Ann and Ben", "Ann, Ben and 3 others"
 */
export function enumerate(names, total) {
  const others = total - names.length;
  return list.format(
    others > 0 ? [...names, tn("{count} other", "{count} others", others)] : names,
  );
}
