import { t } from "./i18n.js";

/** What notifies in one channel. */
export const LEVELS = /** @type {const} */ (["default", "all", "mentions", "nothing"]);

/** @param {typeof LEVELS[number]} level */
export function levelLabel(level) {
  return {
    default: t("As in your settings"),
    all: t("All messages"),
    mentions: t("Mentions only"),
    nothing: t("Nothing"),
  }[level];
}
