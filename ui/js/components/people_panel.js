/** @import { Member } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { SignalElement } from "../lib/signal_element.js";
import { avatar, PRESENCE_LABEL } from "./avatar.js";
import { icon } from "./icon.js";

const byName = new Intl.Collator(undefined, { sensitivity: "base" });

/** The people in the open channel, those who are there first. */
class PeoplePanel extends SignalElement {
  firstUpdated() {
    this.querySelector("button")?.focus();
  }

  updated() {
    const channelId = this.app.view.openId.peek();
    const list = this.app.view.members.peek();
    if (channelId !== null && list === null) this.app.loader.members(channelId);
  }

  render() {
    const { view } = this.app;
    const list = view.members.value;
    view.openId.value;
    const members = this.#sorted(list?.rows ?? []);
    return html`
      <header class="bar">
        <h2 id="side-title">People</h2>
        <div class="bar-tools">
          <button type="button" class="icon-button" aria-label="Close people" @click=${this.#close}>
            ${icon("x")}
          </button>
        </div>
      </header>
      <div class="people-list" tabindex="0" role="region" aria-label="People in this channel">
        <ul>${repeat(members, (member) => member.user_id, (member) => this.#person(member))}</ul>
        ${list?.isLoading ? html`<p class="hint">Loading…</p>` : nothing}
        ${list?.error ? html`<p class="field-error" role="alert">${list.error}</p>` : nothing}
        ${list && !list.isLoading && list.hasMore
          ? html`
            <button
              type="button"
              class="button"
              @click=${() => this.app.loader.members(this.app.view.openId.peek() ?? "")}
            >Show more</button>
          `
          : nothing}
      </div>
    `;
  }

  /** @param {Member} member */
  #person({ user_id, role }) {
    const { view } = this.app;
    const user = view.users.value[user_id];
    const presence = view.presence.value[user_id] ?? "unknown";
    const isMe = user_id === view.me.value.id;
    return html`
      <li class="person">
        ${avatar(user, presence)}
        <span class="person-names">
          <span class="person-name">${user?.display_name || user?.username}${isMe
            ? html`
              <span class="hint">(you)</span>
            `
            : nothing}</span>
          <span class="hint">@${user?.username} · ${PRESENCE_LABEL[presence]}</span>
        </span>
        ${role === "member" ? nothing : html`<span class="tag">${role}</span>`}
        ${user?.is_bot ? html`<span class="tag">Bot</span>` : nothing}
      </li>
    `;
  }

  /** @param {Member[]} members */
  #sorted(members) {
    const { users, presence } = this.app.view;
    const isThere = (/** @type {Member} */ { user_id }) =>
      ["online", "away", "dnd"].includes(presence.value[user_id] ?? "");
    const name = (/** @type {Member} */ { user_id }) => users.value[user_id]?.display_name ?? "";
    return members.toSorted((a, b) =>
      Number(isThere(b)) - Number(isThere(a)) || byName.compare(name(a), name(b))
    );
  }

  #close() {
    this.app.ui.panel.value = null;
    /** @type {HTMLElement | null} */ (document.querySelector(".bar-people"))?.focus();
  }
}

customElements.define("parley-people-panel", PeoplePanel);
