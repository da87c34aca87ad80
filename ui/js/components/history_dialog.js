/** @import { MessageVersion } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { t } from "../lib/i18n.js";
import { fullTime } from "../lib/time.js";
import { messageHistory } from "../rest/messages.js";
import { sentence } from "../session/loader.js";
import { displayName } from "../store/selectors.js";
import { DialogElement } from "./dialog_element.js";
import { finishBodies } from "./message_body.js";

/** The texts that a message had. */
class HistoryDialog extends DialogElement {
  static properties = { versions: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** @type {MessageVersion[] | null} */
    this.versions = null;
    this.problem = "";
  }

  get heading() {
    return t("Earlier versions");
  }

  firstUpdated() {
    super.firstUpdated();
    this.#load();
  }

  updated() {
    finishBodies(this, this.app);
  }

  renderBody() {
    return html`<div class="dialog-body" aria-busy=${
      this.versions === null && this.problem === "" ? "true" : "false"
    }>${this.#content()}</div>`;
  }

  #content() {
    if (this.problem) {
      return html`
        <p class="log-problem" role="alert">
          <span>${this.problem}</span>
          <button type="button" class="button" data-size="small" @click=${this.#load}>${t(
            "Try again",
          )}</button>
        </p>
      `;
    }
    const { versions } = this;
    if (versions === null) return html`<p class="hint">${t("Loading…")}</p>`;
    return html`<ol class="versions">${
      versions.map((version, index) =>
        html`
          <li class="version">
            <p class="version-by">
              <b>${version.written_by_id === null
                ? t("Somebody")
                : displayName(this.app.view.users.value, version.written_by_id)}</b>
              ${index === 0 ? html`<span class="tag">${t("Now")}</span>` : nothing}
              <time datetime=${version.written_at}>${fullTime(version.written_at)}</time>
            </p>
            <div class="message-body">${unsafeHTML(version.html)}</div>
          </li>
        `
      )
    }</ol>`;
  }

  async #load() {
    this.problem = "";
    try {
      this.versions = await messageHistory(this.app.api, this.subject);
      const people = this.versions.map(({ written_by_id }) => written_by_id).filter((id) =>
        id !== null && !(id in this.app.view.users.peek())
      );
      this.app.loader.users(/** @type {string[]} */ (people));
    } catch (error) {
      this.problem = sentence(error);
    }
  }
}

customElements.define("parley-history-dialog", HistoryDialog);
