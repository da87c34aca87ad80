/** @import { Message } from "../protocol.generated.d.ts" */

import { html } from "lit";
import { MESSAGE_ACTS } from "../acts/message_acts.js";
import { SHORTCUTS } from "../acts/shortcuts.js";
import { t } from "../lib/i18n.js";
import { keyNames } from "../lib/shortcuts.js";
import { DialogElement } from "./dialog_element.js";

/** A message as most are, for what its acts are called. */
const MESSAGE = /** @type {Message} */ (/** @type {unknown} */ ({
  id: "1",
  mention_ids: [],
  reactions: [],
  files: [],
  thread: null,
  pinned_at: null,
  deleted_at: null,
}));

/** All keys, as they are on this machine. */
class ShortcutsDialog extends DialogElement {
  get heading() {
    return t("Keyboard shortcuts");
  }

  /** @returns {"large"} */
  get size() {
    return "large";
  }

  renderBody() {
    const areas = /** @type {const} */ ([
      ["going", t("Going somewhere")],
      ["reading", t("Reading")],
      ["writing", t("Writing")],
      ["window", t("The window")],
    ]);
    const subject = {
      message: MESSAGE,
      channel: null,
      isMine: true,
      isModerator: false,
      isSaved: false,
      isGuest: false,
      isInThread: false,
    };
    return html`
      <div class="dialog-body shortcuts" tabindex="0" role="region" aria-labelledby="dialog-title">
        ${areas.map(([area, label]) =>
          table(
            label,
            SHORTCUTS.filter((one) => one.area === area).map((one) => ({
              label: one.label(),
              keys: one.keys,
            })),
          )
        )} ${table(
          t("On a message"),
          MESSAGE_ACTS.filter(({ key }) => key !== "").map((act) => ({
            label: act.label(subject),
            keys: [act.key.length === 1 ? act.key.toUpperCase() : capitalised(act.key)],
          })),
        )}
      </div>
    `;
  }
}

/**
 * @param {string} title
 * @param {{ label: string, keys: string[] }[]} rows
 */
function table(title, rows) {
  return html`
    <section>
      <h3>${title}</h3>
      <dl>${rows.map(({ label, keys }) =>
        html`
          <div>
            <dt>${label}</dt>
            <dd>${keys.map((one) =>
              html`<span class="keys">${keyNames(one).map((key) => html`<kbd>${key}</kbd>`)}</span>`
            )}</dd>
          </div>
        `
      )}</dl>
    </section>
  `;
}

/** @param {string} word */
function capitalised(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

customElements.define("parley-shortcuts-dialog", ShortcutsDialog);
