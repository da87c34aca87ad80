/** @import { ChannelLine } from "../store/selectors.js" */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { SignalElement } from "../lib/signal_element.js";
import { plural } from "../lib/text.js";
import { partnerOf } from "../store/selectors.js";
import { avatar } from "./avatar.js";
import { channelIcon, icon } from "./icon.js";
import { statusMark } from "./status_mark.js";
import "./user_menu.js";

/** The channels one is in, and the way to others. */
class Sidebar extends SignalElement {
  render() {
    const { view, ui } = this.app;
    const lines = view.lines.value;
    const isAlone = !ui.isWide.value && view.openId.value === null;
    const name = view.workspaceName.value;
    return html`
      <div class="side-head">
        ${isAlone
          ? html`<h1 class="side-name">${name}</h1>`
          : html`<span class="side-name">${name}</span>`}
      </div>
      <nav class="side-list" aria-labelledby="side-channels">
        <div class="side-title">
          <h2 id="side-channels">Channels</h2>
          <button
            type="button"
            class="icon-button"
            aria-label="Create a channel"
            title="Create a channel"
            @click=${() => ui.openDialog("create")}
          >${icon("plus")}</button>
        </div>
        <ul>${repeat(lines, ({ channel }) => channel.id, (line) => this.#line(line))}</ul>
        ${lines.length === 0
          ? html`<p class="side-hint">You are in no channel yet. Browse to find one.</p>`
          : nothing}
        <button type="button" class="side-link" @click=${() => ui.openDialog("browse")}>
          ${icon("search")}<span>Browse channels</span>
        </button>
      </nav>
      <parley-user-menu .app=${this.app}></parley-user-menu>
    `;
  }

  /** @param {ChannelLine["channel"]} channel */
  #sign(channel) {
    const user = this.#partner(channel);
    const presence = user && (this.app.view.presence.value[user.id] ?? "unknown");
    return user ? avatar(user, presence, { size: 20 }) : channelIcon(channel);
  }

  /** @param {ChannelLine["channel"]} channel */
  #partner(channel) {
    const { view } = this.app;
    return view.users.value[partnerOf(channel, view.me.value.id) ?? ""];
  }

  /** @param {ChannelLine} line */
  #line({ channel, messages, mentions, hasDraft }) {
    const isOpen = this.app.view.openId.value === channel.id;
    const said = mentions > 0
      ? `, ${plural(mentions, "mention", "mentions")}`
      : messages > 0
      ? `, ${plural(messages, "unread message", "unread messages")}`
      : "";
    return html`
      <li>
        <a
          class="side-link"
          href="/channels/${channel.id}"
          aria-current=${isOpen ? "page" : nothing}
          ?data-unread=${messages > 0}
        >
          ${this.#sign(channel)}<span class="side-link-name">${channel.name}</span>${statusMark(
            this.#partner(channel),
          )}${said ? html`<span class="vh">${said}</span>` : nothing}${hasDraft && !isOpen
            ? html`<span class="side-draft" title="Draft">${
              icon("pencil")
            }<span class="vh">, draft</span></span>`
            : nothing}${mentions > 0
            ? html`<span class="badge" aria-hidden="true">${
              mentions > 99 ? "99+" : mentions
            }</span>`
            : nothing}
        </a>
      </li>
    `;
  }
}

customElements.define("parley-sidebar", Sidebar);
