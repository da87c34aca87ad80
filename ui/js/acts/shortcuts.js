/**
 * The keys that work everywhere in the window: one list for who presses them and for the help sheet.
 *
 * @import { App } from "../app.js"
 */

import { t } from "../lib/i18n.js";
import { isPressed } from "../lib/shortcuts.js";
import { pageRoute } from "../router.js";
import { nextRegion } from "./regions.js";

/**
 * @typedef {object} Shortcut
 * @property {string[]} keys each does it
 * @property {"going" | "reading" | "writing" | "window"} area
 * @property {() => string} label
 * @property {((app: App, event: KeyboardEvent) => void) | null} run null: the part of the page that has
 *   the focus does it
 * @property {boolean} [isTyped] in a field it is a letter
 */

/** @type {Shortcut[]} */
export const SHORTCUTS = [
  {
    keys: ["Mod+K"],
    area: "going",
    label: () => t("Find a conversation"),
    run: ({ ui }) => ui.openDialog("switcher"),
  },
  {
    keys: ["Mod+Shift+K"],
    area: "going",
    label: () => t("New direct message"),
    run: ({ ui }) => ui.openDialog("dm"),
  },
  {
    keys: ["Alt+ArrowUp"],
    area: "going",
    label: () => t("Previous conversation"),
    run: ({ places }) => places.openNeighbour(-1, { isUnreadOnly: false }),
  },
  {
    keys: ["Alt+ArrowDown"],
    area: "going",
    label: () => t("Next conversation"),
    run: ({ places }) => places.openNeighbour(1, { isUnreadOnly: false }),
  },
  {
    keys: ["Alt+Shift+ArrowUp"],
    area: "going",
    label: () => t("Previous unread conversation"),
    run: ({ places }) => places.openNeighbour(-1, { isUnreadOnly: true }),
  },
  {
    keys: ["Alt+Shift+ArrowDown"],
    area: "going",
    label: () => t("Next unread conversation"),
    run: ({ places }) => places.openNeighbour(1, { isUnreadOnly: true }),
  },
  {
    keys: ["Mod+Shift+M"],
    area: "going",
    label: () => t("Mentions"),
    run: ({ router }) => router.push(pageRoute("mentions")),
  },
  {
    keys: ["Mod+Shift+F"],
    area: "going",
    label: () => t("Search messages"),
    run: ({ router }) => router.push(pageRoute("search")),
  },
  {
    keys: ["Escape"],
    area: "reading",
    label: () => t("Mark the conversation as read"),
    run: ({ places, ui }) => {
      places.dismissUnread();
      ui.composerWishes.value += 1;
    },
  },
  {
    keys: ["Shift+Escape"],
    area: "reading",
    label: () => t("Mark everything as read"),
    run: ({ channels }) => channels.markAllRead(),
  },
  {
    keys: ["Mod+Shift+L"],
    area: "writing",
    label: () => t("Write a message"),
    run: ({ ui }) => ui.composerWishes.value += 1,
  },
  {
    keys: ["ArrowUp"],
    area: "writing",
    label: () => t("Edit your last message, while yours is empty"),
    run: null,
  },
  {
    keys: ["Mod+U"],
    area: "writing",
    label: () => t("Attach files"),
    run: ({ ui }) => ui.uploadWishes.value += 1,
  },
  {
    keys: ["Mod+."],
    area: "window",
    label: () => t("Open or close what stands beside the conversation"),
    run: (app) => toggleSide(app),
  },
  {
    keys: ["F6", "Mod+F6"],
    area: "window",
    label: () => t("Next part of the window"),
    run: () => nextRegion(1),
  },
  {
    keys: ["Shift+F6", "Mod+Shift+F6"],
    area: "window",
    label: () => t("Previous part of the window"),
    run: () => nextRegion(-1),
  },
  {
    keys: ["Mod+/", "?"],
    area: "window",
    label: () => t("Keyboard shortcuts"),
    run: ({ ui }) => ui.openDialog("shortcuts"),
    isTyped: true,
  },
];

/**
 * @param {App} app
 * @param {KeyboardEvent} event on the whole window
 */
export function onShortcut(app, event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  // An open menu closes by itself, and that is all this Escape was for.
  if (document.querySelector(":popover-open")) return;
  const shortcut = SHORTCUTS.find(({ keys, run, isTyped }) =>
    run !== null &&
    keys.some((one) => isPressed(one, event) && !(isTyped && one === "?" && isInField(event)))
  );
  if (!shortcut?.run) return;
  event.preventDefault();
  shortcut.run(app, event);
}

/** @param {KeyboardEvent} event */
function isInField({ target }) {
  return target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select"));
}

/** @param {App} app */
function toggleSide({ router, ui, view }) {
  const route = router.route.peek();
  if (view.channel.peek() === null) return;
  if (route.threadId !== null) router.push({ ...route, threadId: null, seq: null });
  else ui.panel.value = ui.panel.peek() === null ? { kind: "details" } : null;
}
