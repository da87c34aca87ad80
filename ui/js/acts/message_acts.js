/**
 * What one can do with a message: one list for its toolbar, its menu, the keys and a long press.
 *
 * @import { App } from "../app.js"
 * @import { ChannelView, Message, OwnUser } from "../protocol.generated.d.ts"
 */

import { t } from "../lib/i18n.js";
import { threadRoute } from "../router.js";
import { isInChannel } from "../store/timeline.js";

/**
 * @typedef {object} Subject a message, and what the reader is to it
 * @property {Message} message not deleted
 * @property {ChannelView | null} channel
 * @property {boolean} isMine
 * @property {boolean} isModerator of its channel
 * @property {boolean} isGuest
 * @property {boolean} isSaved
 * @property {boolean} isInThread it stands in its thread, which is open
 */

/**
 * @typedef {object} MessageAct
 * @property {string} name
 * @property {string} icon
 * @property {string} key pressed on a focused message, in small letters; empty: none
 * @property {boolean} isQuick it stands in the toolbar, not in the menu alone
 * @property {"danger" | null} tone
 * @property {(subject: Subject) => string} label
 * @property {(subject: Subject) => boolean} isPossible
 * @property {(app: App, message: Message, from: Element) => void} run from: the focused message or the
 *   button, for what opens beside it
 */

/** @param {ChannelView | null} channel */
function isOpenForMe(channel) {
  return channel !== null && channel.membership !== null && channel.archived_at === null;
}

/** @type {MessageAct[]} in the order of the menu */
export const MESSAGE_ACTS = [
  {
    name: "react",
    icon: "smile-plus",
    key: "+",
    isQuick: true,
    tone: null,
    label: () => t("Add reaction…"),
    isPossible: ({ channel }) => isOpenForMe(channel),
    run: async (app, message, from) => {
      const emoji = await app.ui.pickEmoji(from);
      if (emoji !== null) app.marks.addReaction(message, emoji);
    },
  },
  {
    name: "reply",
    icon: "message-square-text",
    key: "r",
    isQuick: true,
    tone: null,
    label: ({ message }) => message.thread ? t("Open thread") : t("Reply in thread"),
    // A reply has no thread of its own.
    isPossible: ({ message, channel, isInThread }) =>
      message.thread_id === null && !isInThread &&
      (message.thread !== null || isOpenForMe(channel)),
    run: (app, message) => app.router.push(threadRoute(message.channel_id, message.id)),
  },
  {
    name: "quote",
    icon: "quote",
    key: "q",
    isQuick: false,
    tone: null,
    label: () => t("Quote"),
    isPossible: ({ channel }) => isOpenForMe(channel),
    run: (app, message) => app.messages.quote(message),
  },
  {
    name: "save",
    icon: "bookmark",
    key: "s",
    isQuick: true,
    tone: null,
    label: ({ isSaved }) => isSaved ? t("Remove from saved") : t("Save for later"),
    isPossible: () => true,
    run: (app, message) => app.marks.toggleSaved(message),
  },
  {
    name: "pin",
    icon: "pin",
    key: "p",
    isQuick: false,
    tone: null,
    label: ({ message }) =>
      message.pinned_at === null ? t("Pin to channel") : t("Unpin from channel"),
    isPossible: ({ channel, isGuest }) => isOpenForMe(channel) && !isGuest,
    run: (app, message) => app.marks.togglePin(message),
  },
  {
    name: "unread",
    icon: "mail",
    key: "u",
    isQuick: false,
    tone: null,
    label: () => t("Mark unread from here"),
    // What stands in a thread alone is no message of the channel.
    isPossible: ({ message, channel }) =>
      (channel?.membership ?? null) !== null && isInChannel(message),
    run: (app, message) => app.messages.markUnread(message),
  },
  {
    name: "copy-link",
    icon: "link",
    key: "c",
    isQuick: false,
    tone: null,
    label: () => t("Copy link to message"),
    isPossible: () => true,
    run: (app, message) => app.messages.copyLink(message),
  },
  {
    name: "copy-text",
    icon: "copy",
    key: "",
    isQuick: false,
    tone: null,
    label: () => t("Copy text"),
    isPossible: ({ message }) => message.text !== "",
    run: (app, message) => app.messages.copyText(message),
  },
  {
    name: "history",
    icon: "history",
    key: "",
    isQuick: false,
    tone: null,
    label: () => t("Show earlier versions"),
    isPossible: ({ message }) => message.edited_at !== null,
    run: (app, message) => app.ui.openDialog("history", message.id),
  },
  {
    name: "edit",
    icon: "pencil",
    key: "e",
    isQuick: false,
    tone: null,
    label: () => t("Edit message"),
    isPossible: ({ isMine, channel }) => isMine && isOpenForMe(channel),
    run: (app, message) => app.ui.editingId.value = message.id,
  },
  {
    name: "author",
    icon: "user",
    key: "i",
    isQuick: false,
    tone: null,
    label: () => t("About the author"),
    isPossible: () => true,
    run: (app, message) => app.people.show(message.author_id),
  },
  {
    name: "delete",
    icon: "trash-2",
    key: "delete",
    isQuick: false,
    tone: "danger",
    label: () => t("Delete message"),
    isPossible: ({ isMine, isModerator }) => isMine || isModerator,
    run: (app, message) => app.messages.remove(message.id),
  },
];

/**
 * @param {Message} message
 * @param {{ me: OwnUser, channel: ChannelView | null, isSaved: boolean, isInThread?: boolean }} reader
 * @returns {Subject}
 */
export function subjectOf(message, { me, channel, isSaved, isInThread = false }) {
  const isAdmin = me.role === "owner" || me.role === "admin";
  const role = channel?.membership?.role;
  return {
    message,
    channel,
    isMine: message.author_id === me.id,
    isModerator: isAdmin || role === "owner" || role === "admin",
    isGuest: me.role === "guest",
    isSaved,
    isInThread,
  };
}

/**
 * @param {Subject} subject
 * @returns {MessageAct[]}
 */
export function possibleActs(subject) {
  if (subject.message.deleted_at !== null) return [];
  return MESSAGE_ACTS.filter((act) => act.isPossible(subject));
}
