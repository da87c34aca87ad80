import { html } from "lit";
import { COMMANDS } from "../acts/commands.js";
import { t } from "../lib/i18n.js";
import { DialogElement } from "./dialog_element.js";

/** What can be written after a slash. */
class CommandsDialog extends DialogElement {
  get heading() {
    return t("Commands");
  }

  renderBody() {
    return html`
      <div class="dialog-body" tabindex="0">
        <dl class="commands">
          ${COMMANDS.map(({ name, takes, about }) =>
            html`
              <div>
                <dt><code>/${name}${takes ? ` ${takes}` : ""}</code></dt>
                <dd>${about()}</dd>
              </div>
            `
          )}
        </dl>
      </div>
    `;
  }
}

customElements.define("parley-commands-dialog", CommandsDialog);
