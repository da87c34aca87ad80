/** @import { ChannelView } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { plural } from "../lib/text.js";
import { sentence } from "../session/loader.js";
import { DialogElement } from "./dialog_element.js";
import { channelIcon } from "./icon.js";

const byName = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

/** All the channels there are for this person: to join, to open, to leave. */
class BrowseDialog extends DialogElement {
  static properties = {
    joinable: { state: true },
    wanted: { state: true },
    problem: { state: true },
    joiningId: { state: true },
  };

  constructor() {
    super();
    /** @type {ChannelView[] | null} */
    this.joinable = null;
    this.wanted = "";
    this.problem = "";
    this.joiningId = "";
  }

  get heading() {
    return "Browse channels";
  }

  firstUpdated() {
    super.firstUpdated();
    this.#load();
  }

  async #load() {
    try {
      this.joinable = await this.app.channels.joinable();
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  renderBody() {
    const channels = this.#matching();
    return html`
      <div class="dialog-body browse">
        <input
          type="search"
          class="input"
          aria-label="Find a channel"
          placeholder="Find a channel"
          autofocus
          .value=${this.wanted}
          @input=${this.#onInput}
        />
        ${this.problem ? html`<p class="field-error" role="alert">${this.problem}</p>` : nothing}
        <ul class="browse-list">${repeat(
          channels,
          (channel) => channel.id,
          (channel) => this.#line(channel),
        )}</ul>
        ${this.joinable !== null && channels.length === 0
          ? html`<p class="hint">${
            this.wanted ? "No channel is called so." : "There is no channel yet."
          }</p>`
          : nothing}
        <p class="dialog-actions">
          <button type="button" class="button" @click=${() => this.app.ui.openDialog("create")}>
            Create a channel
          </button>
        </p>
      </div>
    `;
  }

  /** @param {ChannelView} channel */
  #line(channel) {
    return html`
      <li class="browse-line">
        <a href="/channels/${channel.id}" class="browse-name" @click=${this.close}>
          ${channelIcon(channel)}<span>${channel.name}</span>
        </a>
        <p class="hint">${plural(channel.member_count, "person", "people")}${channel.membership
          ? html`
            · <span class="browse-joined">Joined</span>
          `
          : nothing}${channel.topic ? ` · ${channel.topic}` : ""}</p>
        ${channel.membership
          ? html`
            <button
              type="button"
              class="button"
              data-size="small"
              aria-label="Leave ${channel.name}"
              @click=${() => this.#leave(channel)}
            >Leave</button>
          `
          : html`
            <button
              type="button"
              class="button"
              data-size="small"
              data-tone="primary"
              aria-label="Join ${channel.name}"
              ?disabled=${this.joiningId !== ""}
              @click=${() => this.#join(channel)}
            >${this.joiningId === channel.id ? "Joining…" : "Join"}</button>
          `}
      </li>
    `;
  }

  #matching() {
    const mine = this.app.view.lines.value.map(({ channel }) => channel);
    const mineIds = new Set(mine.map(({ id }) => id));
    const others = (this.joinable ?? []).filter(({ id }) => !mineIds.has(id));
    const wanted = this.wanted.trim().replace(/^#/, "").toLocaleLowerCase();
    return [...others, ...mine].filter(({ name, topic }) =>
      `${name} ${topic}`.toLocaleLowerCase().includes(wanted)
    ).sort((a, b) => byName.compare(a.name, b.name));
  }

  /** @param {InputEvent} event */
  #onInput(event) {
    this.wanted = /** @type {HTMLInputElement} */ (event.target).value;
  }

  /** @param {ChannelView} channel */
  async #join(channel) {
    this.joiningId = channel.id;
    this.problem = "";
    try {
      await this.app.channels.join(channel.id);
      this.close();
      this.app.places.open(channel.id);
    } catch (error) {
      this.problem = `You could not join ${channel.name}. ${sentence(error)}`;
    } finally {
      this.joiningId = "";
    }
  }

  /** @param {ChannelView} channel */
  async #leave(channel) {
    await this.app.channels.leave(channel);
    await this.#load();
  }
}

customElements.define("parley-browse-dialog", BrowseDialog);
