/**
 * @import { Message } from "../protocol.generated.d.ts"
 * @import { Delivery } from "../session/delivery.js"
 * @import { Reading } from "../session/reading.js"
 * @import { Connection } from "../socket.js"
 * @import { OutboxEntry, Written } from "../store/outbox.js"
 * @import { UiState } from "../ui_state.js"
 */

import { t } from "../lib/i18n.js";
import { COMMAND } from "../protocol.generated.js";
import { messagePath } from "../router.js";
import { sentence } from "../session/loader.js";

const ANSWER_MS = 10_000;

/** What one does with messages, other than reading them. */
export class Messages {
  #connection;
  #delivery;
  #reading;
  #ui;

  /**
   * @param {object} parts
   * @param {Connection} parts.connection
   * @param {Delivery} parts.delivery
   * @param {Reading} parts.reading
   * @param {UiState} parts.ui
   */
  constructor({ connection, delivery, reading, ui }) {
    this.#connection = connection;
    this.#delivery = delivery;
    this.#reading = reading;
    this.#ui = ui;
  }

  /** @param {Written} written */
  post(written) {
    this.#reading.goOn();
    this.#delivery.post(written);
  }

  /** @param {OutboxEntry} entry */
  confirm({ client_id }) {
    this.#delivery.confirm(client_id);
  }

  /** @param {OutboxEntry} entry */
  retry({ client_id }) {
    this.#delivery.retry(client_id);
  }

  /** @param {OutboxEntry} entry */
  discard({ client_id }) {
    this.#delivery.discard(client_id);
  }

  /**
   * Take what could not be sent back into the composer.
   *
   * @param {OutboxEntry} entry
   */
  rewrite({ client_id, channel_id, thread_id, text, files, quote }) {
    this.#delivery.discard(client_id);
    this.#ui.composerText.value = {
      channelId: channel_id,
      threadId: thread_id,
      text,
      files,
      quote,
    };
  }

  /**
   * @param {string} messageId
   * @param {string} text
   */
  async edit(messageId, text) {
    await this.#connection.send({ type: COMMAND.MESSAGE_EDIT, message_id: messageId, text }, {
      timeoutMs: ANSWER_MS,
    });
  }

  /** @param {string} messageId */
  async remove(messageId) {
    const isConfirmed = await this.#ui.confirm({
      title: t("Delete this message?"),
      text: t("It goes for everyone, and cannot be brought back."),
      action: t("Delete"),
    });
    if (!isConfirmed) return;
    try {
      await this.#connection.send({ type: COMMAND.MESSAGE_DELETE, message_id: messageId }, {
        timeoutMs: ANSWER_MS,
      });
    } catch (error) {
      this.#ui.say(`${t("The message was not deleted.")} ${sentence(error)}`);
    }
  }

  /**
   * Everything from this message on is new again.
   *
   * @param {Message} message
   */
  async markUnread({ channel_id, seq }) {
    try {
      await this.#reading.markUnread(channel_id, seq);
    } catch (error) {
      this.#ui.say(`${t("Nothing was marked as unread.")} ${sentence(error)}`);
    }
  }

  /**
   * Answer it: the composer of its channel or thread shows it above what is written.
   *
   * @param {Message} message
   */
  quote(message) {
    this.#ui.quoting.value = message;
    this.#ui.composerWishes.value += 1;
  }

  /** @param {Message} message */
  copyLink(message) {
    return this.#copy(`${location.origin}${messagePath(message)}`, t("Link copied."));
  }

  /** @param {Message} message */
  copyText({ text }) {
    return this.#copy(text, t("Text copied."));
  }

  /**
   * @param {string} code
   * @returns {Promise<boolean>} whether it is in the clipboard
   */
  copyCode(code) {
    return this.#copy(code, t("Code copied."));
  }

  /**
   * @param {string} text
   * @param {string} done
   */
  async #copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      this.#ui.say(done);
      return true;
    } catch {
      // Only pages with HTTPS may write to the clipboard.
      this.#ui.say(text);
      return false;
    }
  }
}
