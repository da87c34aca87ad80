/**
 * The files of a message. Each has its place before any of it has come.
 *
 * @import { App } from "../app.js"
 * @import { File, Message } from "../protocol.generated.d.ts"
 */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import {
  fileIcon,
  filePath,
  fileSize,
  isPicture,
  pictureBox,
  thumbnailPath,
} from "../lib/files.js";
import { t } from "../lib/i18n.js";
import { tint } from "../lib/tint.js";
import { icon } from "./icon.js";

/**
 * @param {File[]} files
 * @param {Message | null} message null: it is on its way
 * @param {App} app
 */
export function attachments(files, message, app) {
  if (files.length === 0) return nothing;
  const pictures = files.filter(isPicture);
  const isAlone = pictures.length === 1;
  return html`
    <div class="files">
      ${pictures.length === 0
        ? nothing
        : html`<div class="pictures" ?data-several=${!isAlone}>${
          repeat(
            pictures,
            ({ id }) => id,
            (file) => picture(file, message, app, isAlone),
          )
        }</div>`}
      ${repeat(files.filter((file) => !isPicture(file)), ({ id }) => id, other)}
    </div>
  `;
}

/**
 * @param {File} file
 * @param {Message | null} message
 * @param {App} app
 * @param {boolean} isAlone
 */
function picture(file, message, app, isAlone) {
  const { width, height } = pictureBox(file, { isAlone });
  return html`
    <button
      type="button"
      class="picture"
      aria-label=${t("Open the picture {name}", { name: file.name })}
      title=${file.name}
      ${tint(file.colour)}
      @click=${() => {
        if (message === null) return;
        app.ui.shownPicture.value = { message, fileId: file.id };
        app.ui.openDialog("lightbox");
      }}
    >
      ${file.state === "waiting"
        // As large as what it stands for.
        ? html`
          <svg class="picture-waiting" width=${width} height=${height} role="img">
            <title>${t("The picture is being prepared.")}</title>
          </svg>
        `
        : html`
          <img
            src=${smallest(file, width)}
            srcset=${sources(file)}
            sizes="${width}px"
            width=${width}
            height=${height}
            alt=""
            decoding="async"
            draggable="false"
          />
        `}
    </button>
  `;
}

/** @param {File} file */
function other(file) {
  const path = filePath(file);
  if (file.is_inline && file.content_type.startsWith("video/")) {
    return html`
      <figure class="player" data-kind="video">
        <video controls preload="metadata" src=${path} aria-label=${file.name}></video>
        ${caption(file)}
      </figure>
    `;
  }
  if (file.is_inline && file.content_type.startsWith("audio/")) {
    return html`
      <figure class="player" data-kind="audio">
        <audio controls preload="none" src=${path} aria-label=${file.name}></audio>
        ${caption(file)}
      </figure>
    `;
  }
  return html`
    <a class="file" href=${path} download=${file.name}>
      <span class="file-icon">${icon(fileIcon(file))}</span>
      <span class="file-name">${file.name}</span>
      <span class="file-size">${fileSize(file.size)}</span>
      <span class="file-get">${icon("download")}<span class="vh">${t("Download")}</span></span>
    </a>
  `;
}

/** @param {File} file */
function caption(file) {
  return html`
    <figcaption>
      <span>${file.name}</span>
      <a href=${filePath(file)} download=${file.name}>${t("Download")} (${fileSize(file.size)})</a>
    </figcaption>
  `;
}

/**
 * @param {File} file
 * @param {number} width
 */
function smallest(file, width) {
  const fitting = file.thumbnails.find((one) => one.width >= width) ?? file.thumbnails.at(-1);
  return fitting ? thumbnailPath(file, fitting.size) : filePath(file);
}

/** @param {File} file */
function sources(file) {
  if (file.thumbnails.length === 0) return nothing;
  return file.thumbnails.map(({ size, width }) => `${thumbnailPath(file, size)} ${width}w`)
    .join(", ");
}
