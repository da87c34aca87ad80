/**
 * @import { App } from "../app.js"
 * @import { Message } from "../protocol.generated.d.ts"
 */

import { t, tn } from "../lib/i18n.js";
import { displayName } from "../store/selectors.js";

/** What comes within this time is told at once. */
const BURST_MS = 1_500;

/** More than this nobody wants to have read to them unasked. */
const TOLD_CHARS = 160;

/**
 * Says aloud what comes in. The log itself is silent: history that is loaded upwards must not be read out.
 */
export class LogAnnouncer {
  #app;
  #seq = 0;
  #where = "";
  /** @type {Message[]} */
  #waiting = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer = undefined;

  /**
   * @param {App} app
   * @param {(text: string) => void} say
   */
  constructor(app, say) {
    this.#app = app;
    this.say = say;
  }

  /** @param {string} where names the stretch that is shown */
  consider(where) {
    const timeline = this.#app.view.timeline.peek();
    const last = timeline?.messages.at(-1);
    if (!timeline?.isLoaded || !last) return;
    const isElsewhere = where !== this.#where;
    if (isElsewhere) this.#waiting = [];
    else if (last.seq > this.#seq && !timeline.hasNewer) {
      const meId = this.#app.view.me.peek().id;
      const fresh = timeline.messages.filter(({ seq, author_id }) =>
        seq > this.#seq && author_id !== meId
      );
      this.#tell(fresh);
    }
    this.#where = where;
    this.#seq = isElsewhere ? last.seq : Math.max(this.#seq, last.seq);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  /** @param {Message[]} messages */
  #tell(messages) {
    if (messages.length === 0) return;
    this.#waiting.push(...messages);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting.length > 0) this.say(this.#sentence());
      this.#waiting = [];
    }, BURST_MS);
  }

  #sentence() {
    const [first, ...others] = this.#waiting;
    if (!first || others.length > 0) {
      return tn("{count} new message", "{count} new messages", this.#waiting.length);
    }
    const author = first.sender_name ||
      displayName(this.#app.view.users.peek(), first.author_id);
    const text = first.text || first.files.map(({ name }) => name).join(", ");
    return t("{author}: {text}", { author, text: text.slice(0, TOLD_CHARS) });
  }
}
