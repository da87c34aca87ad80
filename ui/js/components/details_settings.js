/** @import { ChannelView } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { keepToName } from "../lib/channel_name.js";
import { t } from "../lib/i18n.js";
import { LIMIT } from "../protocol.generated.js";
import { isWorkspaceAdmin } from "../store/selectors.js";
import { icon } from "./icon.js";
import { fieldsOf, ManageElement } from "./manage_element.js";

/** What those who run the channel can change. */
class DetailsSettings extends ManageElement {
  static properties = { ...ManageElement.properties, channel: { attribute: false } };

  constructor() {
    super();
    /** @type {ChannelView} */
    this.channel;
  }

  render() {
    const { channel } = this;
    const isArchived = channel.archived_at !== null;
    return html`
      ${this.renderProblem()} ${isArchived
        ? html`<p class="hint">${t("It is archived: bring it back to change anything.")}</p>`
        : html`${this.#name()} ${this.#switches()} ${this.#kind()}`}
      <section class="details-part">
        <h3>${isArchived ? t("Archived") : t("Archive")}</h3>
        <p class="hint">${isArchived
          ? t("Everyone who was in it can write again.")
          : t("Nothing new is written there. What was said can still be read and found.")}</p>
        <p><button
          type="button"
          class="button"
          @click=${() => this.app.channels.setArchived(channel)}
        >${icon(isArchived ? "archive-restore" : "archive")}${isArchived
          ? t("Bring back")
          : t("Archive channel…")}</button></p>
      </section>
    `;
  }

  #name() {
    return html`
      <form class="details-part" @submit=${this.#rename}>
        <label for="details-name"><h3>${t("Name")}</h3></label>
        <div class="inline-form">
          <input
            class="input"
            id="details-name"
            name="name"
            required
            autocomplete="off"
            maxlength=${LIMIT.NAME_MAX_CHARS}
            .value=${this.channel.name}
            @input=${keepToName}
          />
          <button class="button" ?disabled=${this.isBusy}>${t("Rename")}</button>
        </div>
      </form>
    `;
  }

  #switches() {
    const { posting, is_default, kind } = this.channel;
    const isAdmin = isWorkspaceAdmin({ me: this.app.view.me.value });
    return html`
      <section class="details-part">
        <label class="switch"><input
          type="checkbox"
          .checked=${posting === "moderators"}
          ?disabled=${this.isBusy}
          @change=${() =>
            this.#change({ posting: posting === "moderators" ? "everyone" : "moderators" })}
        /><span><b>${t("For announcements")}</b><span class="hint">${t(
          "Only those who run the channel post in it. Everyone can reply and react.",
        )}</span></span></label>
        ${isAdmin && kind === "public"
          ? html`<label class="switch"><input
            type="checkbox"
            .checked=${is_default}
            ?disabled=${this.isBusy}
            @change=${() => this.#change({ is_default: !is_default })}
          /><span><b>${t("Newcomers begin here")}</b><span class="hint">${
            t("Whoever joins the workspace is in it from the start.")
          }</span></span></label>`
          : nothing}
      </section>
    `;
  }

  #kind() {
    const isPublic = this.channel.kind === "public";
    const isAdmin = isWorkspaceAdmin({ me: this.app.view.me.value });
    if (!isPublic && !isAdmin) return nothing;
    return html`
      <section class="details-part">
        <h3>${isPublic ? t("Public") : t("Private")}</h3>
        <p class="hint">${isPublic
          ? t("Everyone can find, read and join it.")
          : t("Only people who were added can see it.")}</p>
        <p><button type="button" class="button" ?disabled=${this.isBusy} @click=${this.#turn}>
          ${icon(isPublic ? "lock" : "hash")}${isPublic ? t("Make private…") : t("Make public…")}
        </button></p>
      </section>
    `;
  }

  async #turn() {
    const { kind, name } = this.channel;
    const isConfirmed = await this.app.ui.confirm(
      kind === "public"
        ? {
          title: t("Make {name} private?", { name }),
          text: t(
            "Those who are not in it lose sight of it and of everything said there, at once. Those who are in it stay. Only an admin of the workspace can make it public again.",
          ),
          action: t("Make private"),
        }
        : {
          title: t("Make {name} public?", { name }),
          text: t(
            "Everyone in the workspace can find it then, and read everything that was ever said there.",
          ),
          action: t("Make public"),
        },
    );
    if (isConfirmed) await this.#change({ kind: kind === "public" ? "private" : "public" });
  }

  /** @param {SubmitEvent} event */
  #rename(event) {
    const name = String(fieldsOf(event).get("name"));
    return this.#change({ name });
  }

  /** @param {import("../protocol.generated.d.ts").ChannelChange} fields */
  async #change(fields) {
    const isDone = await this.attempt(() => this.app.channels.change(this.channel.id, fields));
    // What was refused stands as it is.
    if (!isDone) this.requestUpdate("channel");
  }
}

customElements.define("parley-details-settings", DetailsSettings);
