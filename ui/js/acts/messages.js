/**
 * @import { Delivery } from "../session/delivery.js"
 * @import { Connection } from "../socket.js"
 * @import { OutboxEntry, Written } from "../store/outbox.js"
 * @import { UiState } from "../ui_state.js"
 */

import { COMMAND } from "../protocol.generated.js";
import { sentence } from "../session/loader.js";

const ANSWER_MS = 10_000;

/** What one does with messages, other than reading them. */
export class Messages {
  #connection;
  #delivery;
  #ui;

  /**
   * @param {object} parts
   * @param {Connection} parts.connection
   * @param {Delivery} parts.delivery
   * @param {UiState} parts.ui
   */
  constructor({ connection, delivery, ui }) {
    this.#connection = connection;
    this.#delivery = delivery;
    this.#ui = ui;
  }

  /** @param {Written} written */
  post(written) {
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
      title: "Delete this message?",
      text: "It goes for everyone, and cannot be brought back.",
      action: "Delete",
    });
    if (!isConfirmed) return;
    try {
      await this.#connection.send({ type: COMMAND.MESSAGE_DELETE, message_id: messageId }, {
        timeoutMs: ANSWER_MS,
      });
    } catch (error) {
      this.#ui.say(`The message was not deleted. ${sentence(error)}`);
    }
  }

  /** @param {{ channel_id: string, seq: number }} message */
  async copyLink({ channel_id, seq }) {
    const link = `${location.origin}/channels/${channel_id}/${seq}`;
    try {
      await navigator.clipboard.writeText(link);
      this.#ui.say("Link copied.");
    } catch {
      // Only pages with HTTPS may write to the clipboard.
      this.#ui.say(link);
    }
  }
}
