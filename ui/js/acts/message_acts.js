/**
 * What one can do with a message: one list for its toolbar, its menu, the keys and a long press.
 *
 * @import { App } from "../app.js"
 * @import { ChannelView, Message, OwnUser } from "../protocol.generated.d.ts"
 */

import { t } from "../lib/i18n.js";

/**
 * @typedef {object} Subject a message, and what the reader is to it
 * @property {Message} message not deleted
 * @property {ChannelView | null} channel
 * @property {boolean} isMine
 * @property {boolean} isModerator of its channel
 * @property {boolean} isSaved
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
    name: "edit",
    icon: "pencil",
    key: "e",
    isQuick: true,
    tone: null,
    label: () => t("Edit message"),
    isPossible: ({ isMine, channel }) => isMine && isOpenForMe(channel),
    run: (app, message) => app.ui.editingId.value = message.id,
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
 * @param {{ me: OwnUser, channel: ChannelView | null, isSaved: boolean }} reader
 * @returns {Subject}
 */
export function subjectOf(message, { me, channel, isSaved }) {
  const isAdmin = me.role === "owner" || me.role === "admin";
  const role = channel?.membership?.role;
  return {
    message,
    channel,
    isMine: message.author_id === me.id,
    isModerator: isAdmin || role === "owner" || role === "admin",
    isSaved,
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
