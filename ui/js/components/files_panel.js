/**
 * @import { ChannelFile } from "../protocol.generated.d.ts"
 * @import { ListEntry } from "../store/lists.js"
 */

import { effect, signal } from "@preact/signals-core";
import { html, nothing } from "lit";
import { fileSize } from "../lib/files.js";
import { t } from "../lib/i18n.js";
import { SignalElement } from "../lib/signal_element.js";
import { readFiles } from "../rest/lists.js";
import { displayName } from "../store/selectors.js";
import { icon } from "./icon.js";
import { dayAndTime } from "./list_rows.js";
import "./list_view.js";
import { emptyState, filterRow } from "./page_bar.js";
import { panelBar } from "./panel_bar.js";

/** Pixels of a picture in the grid; the thumbnail that is not smaller is taken. */
const TILE_PX = 180;

/** The files on the messages of the open channel, the newest first. */
class FilesPanel extends SignalElement {
  constructor() {
    super();
    this.row = this.#row.bind(this);
    this.kind = signal("");
    this.stopFollowing = () => {};
  }

  firstUpdated() {
    this.querySelector("button")?.focus();
    this.stopFollowing = effect(() => {
      const channelId = this.app.view.openId.value;
      const kind = this.kind.value;
      if (channelId === null) return;
      this.app.lists.open(
        "files",
        `${channelId}/${kind}`,
        (api, _subject, cursor) => readFiles(api, channelId, kind, cursor),
      );
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopFollowing();
  }

  render() {
    const kind = this.kind.value;
    return html`
      ${panelBar(this.app, t("Files"))} ${filterRow(
        t("Which files"),
        [
          { value: "", text: t("All") },
          { value: "picture", text: t("Pictures") },
          { value: "video", text: t("Films") },
          { value: "audio", text: t("Sound") },
          { value: "other", text: t("Other") },
        ],
        kind,
        (value) => this.kind.value = value,
      )}
      <parley-list
        .app=${this.app}
        .name=${"files"}
        .label=${t("Files")}
        .row=${this.row}
        .isGrid=${kind === "picture"}
        .empty=${emptyState({
          name: "paperclip",
          title: kind === "" ? t("No files yet") : t("No such files"),
          text: t("What people attach to messages in this channel is found here."),
        })}
      ></parley-list>
    `;
  }

  /** @param {ListEntry} entry */
  #row({ file }) {
    if (!file) return nothing;
    return this.kind.value === "picture" ? this.#tile(file) : this.#line(file);
  }

  /** @param {ChannelFile} one */
  #tile({ file, channel_id, seq, author_id }) {
    const { users } = this.app.view;
    const label = t("{file} from {name}", {
      file: file.name,
      name: displayName(users.value, author_id),
    });
    return html`
      <a class="file-tile" data-open href="/channels/${channel_id}/${seq}"
        title=${label}>${picture(file, label)}</a>
    `;
  }

  /** @param {ChannelFile} one */
  #line({ file, channel_id, seq, author_id, posted_at }) {
    const { users } = this.app.view;
    return html`
      <article class="file-line">
        <span class="file-picture">${file.thumbnails.length > 0
          ? picture(file, "")
          : icon(iconOf(file.content_type))}</span>
        <p>
          <a data-open href="/channels/${channel_id}/${seq}" title=${t(
            "Go to the message",
          )}><b>${file.name}</b></a>
          <span class="hint">${displayName(users.value, author_id)} · ${dayAndTime(
            this.app,
            posted_at,
          )} · ${fileSize(file.size)}</span>
        </p>
        <a
          class="icon-button"
          href="/api/v1/files/${file.id}"
          download=${file.name}
          aria-label=${t("Download {file}", { file: file.name })}
          title=${t("Download")}
        >${icon("download")}</a>
      </article>
    `;
  }
}

/**
 * @param {ChannelFile["file"]} file
 * @param {string} label
 */
function picture({ id, thumbnails }, label) {
  const fit = thumbnails.find(({ width }) => width >= TILE_PX) ?? thumbnails.at(-1);
  if (!fit) return html`${icon("image")}<span class="vh">${label}</span>`;
  return html`
    <img
      src="/api/v1/files/${id}/thumbnail/${fit.size}"
      alt=${label}
      loading="lazy"
      width=${fit.width}
      height=${fit.height}
    />
  `;
}

/** @param {string} type */
function iconOf(type) {
  if (type.startsWith("image/")) return "image";
  if (type.startsWith("video/")) return "film";
  if (type.startsWith("audio/")) return "music";
  return "file-text";
}

customElements.define("parley-files-panel", FilesPanel);
