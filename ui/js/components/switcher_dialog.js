/**
 * @import { ReadonlySignal } from "@preact/signals-core"
 * @import { Target } from "../store/finding.js"
 */

import { computed } from "@preact/signals-core";
import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { rank } from "../lib/ranking.js";
import { modifierName } from "../lib/shortcuts.js";
import { pageRoute } from "../router.js";
import { sentence } from "../session/loader.js";
import { candidates, suggestions, targets } from "../store/finding.js";
import { avatar } from "./avatar.js";
import { DialogElement } from "./dialog_element.js";
import { channelIcon, icon } from "./icon.js";
import { marked } from "./marked.js";

const SHOWN = 12;

/**
 * @typedef {object} Option
 * @property {string} key
 * @property {unknown} picture
 * @property {unknown} label
 * @property {string} note
 * @property {unknown} mark
 * @property {(isNewTab: boolean) => unknown} run
 */

/** Goes to any conversation by a few letters of its name. */
class SwitcherDialog extends DialogElement {
  static properties = { wanted: { state: true }, at: { state: true } };

  constructor() {
    super();
    this.wanted = "";
    this.at = 0;
    /** @type {string[]} */
    this.visited = [];
    /** @type {ReadonlySignal<Target[]>} */
    this.targets;
    /** @type {ReadonlySignal<import("../lib/ranking.js").Candidate[]>} */
    this.candidates;
  }

  willUpdate() {
    if (this.hasUpdated) return;
    const { channels, view, visited } = this.app;
    this.visited = visited.channelIds;
    this.targets = computed(() =>
      targets({
        channels: Object.values(view.channels.value).filter((one) => one.membership !== null),
        lines: view.lines.value,
        joinable: channels.joinable.value,
        users: view.users.value,
        meId: view.me.value.id,
      })
    );
    this.candidates = computed(() =>
      candidates(this.targets.value, view.users.value, this.visited)
    );
  }

  firstUpdated() {
    super.firstUpdated();
    this.app.loader.directory();
    this.app.channels.loadJoinable();
    // Thousands of names are made ready before the first letter comes.
    setTimeout(() => this.candidates.value);
  }

  get heading() {
    return t("Find a conversation");
  }

  get hasHead() {
    return false;
  }

  renderBody() {
    const options = this.#options();
    const at = Math.min(this.at, options.length - 1);
    return html`
      <div class="switcher">
        <div class="switcher-field">
          ${icon("search")}
          <input
            type="text"
            role="combobox"
            aria-label=${t("Find a conversation")}
            aria-expanded="true"
            aria-controls="switcher-list"
            aria-autocomplete="list"
            aria-activedescendant=${options.length > 0 ? `switcher-${at}` : nothing}
            placeholder=${t("A channel, a person, a group …")}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            enterkeyhint="go"
            autofocus
            .value=${this.wanted}
            @input=${this.#onInput}
            @keydown=${(/** @type {KeyboardEvent} */ event) => this.#onKey(event, options)}
          />
          <button
            type="button"
            class="icon-button"
            aria-label=${t("Close")}
            @click=${this.close}
          >${icon("x")}</button>
        </div>
        <ul class="switcher-list" id="switcher-list" role="listbox" aria-label=${t("Results")}>
          ${options.map((option, index) => this.#option(option, index, index === at))}
        </ul>
        <p class="switcher-foot" aria-hidden="true">
          <span><kbd>↑</kbd><kbd>↓</kbd> ${t("choose")}</span>
          <span><kbd>↵</kbd> ${t("open")}</span>
          <span><kbd>${modifierName()}</kbd><kbd>↵</kbd> ${t("in a new tab")}</span>
        </p>
      </div>
    `;
  }

  updated() {
    this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {Option} option
   * @param {number} index
   * @param {boolean} isChosen
   */
  #option({ picture, label, note, mark, run }, index, isChosen) {
    return html`
      <li
        class="switcher-option"
        id="switcher-${index}"
        role="option"
        aria-selected=${isChosen ? "true" : "false"}
        @pointermove=${() => this.at = index}
        @click=${(/** @type {MouseEvent} */ event) => run(event.ctrlKey || event.metaKey)}
      >
        ${picture}<span class="switcher-label">${label}</span><span class="switcher-note">${note}</span
        >${mark}
      </li>
    `;
  }

  // ── What is found ─────────────────────────────────────────────────────────────────────────

  /** @returns {Option[]} */
  #options() {
    const wanted = this.wanted.trim();
    const all = this.targets.value;
    if (wanted === "") {
      return suggestions(all, {
        visited: this.visited,
        openId: this.app.view.openId.value,
        limit: SHOWN,
      }).map((target) => this.#target(target, []));
    }
    const kind = { "#": "channel", "@": "person" }[wanted.charAt(0)];
    const name = kind ? wanted.slice(1) : wanted;
    const found = rank(this.candidates.value, name, kind ? SHOWN * 5 : SHOWN)
      .map(({ index, ranges }) => ({ target: all[index], ranges }))
      .flatMap(({ target, ranges }) =>
        target && (!kind || target.kind === kind) ? [this.#target(target, ranges)] : []
      ).slice(0, SHOWN);
    return [...found, ...this.#others(name)];
  }

  /**
   * @param {Target} target
   * @param {[number, number][]} ranges
   * @returns {Option}
   */
  #target(target, ranges) {
    const { kind, channel, channelId, userId, label, note, line } = target;
    const { view } = this.app;
    const mentions = line?.mentions ?? 0;
    const isMine = kind !== "channel" || Boolean(channel?.membership);
    return {
      key: channelId ?? `@${userId}`,
      picture: userId !== null
        ? avatar(view.users.value[userId], view.presence.value[userId])
        : channel
        ? channelIcon(channel)
        : nothing,
      label: marked(label, ranges),
      note,
      mark: mentions > 0
        ? html`<span class="badge">${mentions}<span class="vh"> ${t("mentions")}</span></span>`
        : line && line.messages > 0
        ? html`<span class="tag">${t("Unread")}</span>`
        : isMine
        ? nothing
        : html`<span class="tag">${t("Not joined")}</span>`,
      run: (isNewTab) => this.#go(target, isNewTab),
    };
  }

  /**
   * What else one may have meant.
   *
   * @param {string} name
   * @returns {Option[]}
   */
  #others(name) {
    const { ui, view, router } = this.app;
    const isTaken = this.targets.value.some(({ kind, label }) =>
      kind === "channel" && label.toLowerCase() === name.toLowerCase()
    );
    /** @type {Option[]} */
    const options = [{
      key: "search",
      picture: icon("text-search"),
      label: t("Search messages for “{name}”", { name }),
      note: "",
      mark: nothing,
      run: () => {
        this.close();
        router.push(pageRoute("search", name));
      },
    }];
    if (view.me.value.role !== "guest" && !isTaken) {
      options.push({
        key: "create",
        picture: icon("plus"),
        label: t("Create the channel “{name}”", { name }),
        note: "",
        mark: nothing,
        run: () => {
          this.close();
          ui.openDialog("create", name);
        },
      });
    }
    return options;
  }

  // ── Choosing ──────────────────────────────────────────────────────────────────────────────

  /** @param {InputEvent} event */
  #onInput(event) {
    this.wanted = /** @type {HTMLInputElement} */ (event.target).value;
    this.at = 0;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Option[]} options
   */
  #onKey(event, options) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.at = (Math.min(this.at, options.length - 1) + step + options.length) %
        Math.max(options.length, 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      options[Math.min(this.at, options.length - 1)]?.run(event.ctrlKey || event.metaKey);
    }
  }

  /**
   * @param {Target} target
   * @param {boolean} isNewTab
   */
  async #go({ channelId, userId }, isNewTab) {
    if (channelId !== null && isNewTab) {
      globalThis.open(`/channels/${channelId}`, "_blank");
      return;
    }
    this.close();
    try {
      if (userId !== null) await this.app.channels.openDirect([userId]);
      else if (channelId !== null) this.app.places.open(channelId);
    } catch (error) {
      this.app.ui.say(sentence(error));
    }
  }
}

customElements.define("parley-switcher-dialog", SwitcherDialog);
