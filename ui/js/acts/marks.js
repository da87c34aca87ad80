/**
 * @import { Api } from "../api.js"
 * @import { Clock } from "../lib/clock.js"
 * @import { EmojiUse } from "../lib/emoji_use.js"
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { AnyCommand, Connection } from "../socket.js"
 * @import { State } from "../store/state.js"
 * @import { Store } from "../store/store.js"
 * @import { UiState } from "../ui_state.js"
 */

import { t } from "../lib/i18n.js";
import { COMMAND } from "../protocol.generated.js";
import { saveMessage } from "../rest/messages.js";
import { sentence } from "../session/loader.js";
import { marked, withMark, withMarkAnswered, withoutMark } from "../store/marks.js";
import { channelStream } from "../store/state.js";

const ANSWER_MS = 10_000;

/** What one puts on messages: emoji, pins, and for oneself alone a sign to find them again. */
export class Marks {
  #store;
  #connection;
  #api;
  #ui;
  #clock;
  #emojiUse;
  #count = 0;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Connection} parts.connection
   * @param {Api} parts.api
   * @param {UiState} parts.ui
   * @param {Clock} parts.clock
   * @param {EmojiUse} parts.emojiUse
   */
  constructor({ store, connection, api, ui, clock, emojiUse }) {
    this.#store = store;
    this.#connection = connection;
    this.#api = api;
    this.#ui = ui;
    this.#clock = clock;
    this.#emojiUse = emojiUse;
  }

  /**
   * Put an emoji under a message, or take one's own away.
   *
   * @param {Message} message
   * @param {string} emoji
   */
  toggleReaction(message, emoji) {
    return this.#react(message, emoji, !this.#hasReacted(message, emoji));
  }

  /**
   * @param {Message} message
   * @param {string} emoji
   */
  async addReaction(message, emoji) {
    if (!this.#hasReacted(message, emoji)) await this.#react(message, emoji, true);
  }

  /**
   * @param {Message} message
   * @param {string} emoji
   */
  #hasReacted(message, emoji) {
    const given = this.#shown(message).reactions.find((reaction) => reaction.emoji === emoji);
    return given?.user_ids.includes(this.#store.state.me.id) ?? false;
  }

  /**
   * @param {Message} message
   * @param {string} emoji
   * @param {boolean} isOn
   */
  #react(message, emoji, isOn) {
    if (isOn) this.#emojiUse.used(emoji);
    return this.#mark(message, emoji, isOn, {
      type: isOn ? COMMAND.REACTION_ADD : COMMAND.REACTION_REMOVE,
      message_id: message.id,
      emoji,
    }, isOn ? t("The reaction was not added.") : t("The reaction was not taken away."));
  }

  /** @param {Message} message */
  togglePin(message) {
    const isOn = this.#shown(message).pinned_at === null;
    return this.#mark(message, null, isOn, {
      type: isOn ? COMMAND.MESSAGE_PIN : COMMAND.MESSAGE_UNPIN,
      message_id: message.id,
    }, isOn ? t("The message was not pinned.") : t("The message is still pinned."));
  }

  /** @param {Message} message */
  async toggleSaved({ id }) {
    const wasSaved = this.#store.state.personal.saved[id] ?? false;
    this.#store.update((state) => withSaved(state, id, !wasSaved));
    try {
      await saveMessage(this.#api, id, !wasSaved);
    } catch (error) {
      this.#store.update((state) => withSaved(state, id, wasSaved));
      const what = wasSaved ? t("The message is still saved.") : t("The message was not saved.");
      this.#ui.say(`${what} ${sentence(error)}`);
    }
  }

  /**
   * @param {Message} message
   * @param {string | null} emoji
   * @param {boolean} isOn
   * @param {AnyCommand} command
   * @param {string} problem what is said when it was refused
   */
  async #mark(message, emoji, isOn, command, problem) {
    const id = `mark-${++this.#count}`;
    const at = new Date(this.#clock.now()).toISOString();
    const { channel_id: channelId, id: messageId } = message;
    const mark = { id, channelId, messageId, emoji, isOn, at, seq: null };
    this.#store.update((state) => ({ ...state, marks: withMark(state.marks, mark) }));
    try {
      const { seq } = await this.#connection.send(command, { timeoutMs: ANSWER_MS });
      this.#store.update((state) => {
        const cursor = state.cursors[channelStream(channelId)] ?? Number.POSITIVE_INFINITY;
        return { ...state, marks: withMarkAnswered(state.marks, id, { seq: seq ?? null, cursor }) };
      });
    } catch (error) {
      this.#store.update((state) => ({ ...state, marks: withoutMark(state.marks, id) }));
      this.#ui.say(`${problem} ${sentence(error)}`);
    }
  }

  /** @param {Message} message */
  #shown(message) {
    const { marks, me, timelines } = this.#store.state;
    const known = timelines[message.channel_id]?.messages.find(({ id }) => id === message.id);
    return marked(known ?? message, marks, me.id);
  }
}

/**
 * @param {State} state
 * @param {string} messageId
 * @param {boolean} isSaved
 * @returns {State}
 */
function withSaved(state, messageId, isSaved) {
  const saved = { ...state.personal.saved, [messageId]: isSaved };
  return { ...state, personal: { ...state.personal, saved } };
}
