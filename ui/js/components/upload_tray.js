/**
 * What shall be sent along, and how far it has come.
 *
 * @import { Upload } from "../store/uploads.js"
 */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { fileSize } from "../lib/files.js";
import { t } from "../lib/i18n.js";
import { icon } from "./icon.js";

/**
 * @param {Upload[]} uploads
 * @param {{ onRemove: (id: string) => void, onRetry: (id: string) => void }} acts
 */
export function uploadTray(uploads, acts) {
  if (uploads.length === 0) return nothing;
  return html`
    <ul class="tray" aria-label=${t("Files to send")}>
      ${repeat(uploads, ({ id }) => id, (upload) => line(upload, acts))}
    </ul>
  `;
}

/**
 * @param {Upload} upload
 * @param {{ onRemove: (id: string) => void, onRetry: (id: string) => void }} acts
 */
function line(upload, { onRemove, onRetry }) {
  const { id, name, preview, phase, canRetry } = upload;
  const isOver = phase === "done" || phase === "failed";
  const removal = isOver
    ? t("Remove {name}", { name })
    : t("Cancel the upload of {name}", { name });
  return html`
    <li class="tray-file" data-state=${phase}>
      <span class="tray-picture" aria-hidden="true">${preview
        ? html`<img src=${preview} alt="">`
        : icon(phase === "failed" ? "circle-alert" : "file")}</span>
      <span class="tray-name" title=${name}>${name}</span>
      <span class="tray-note" role=${phase === "failed" ? "alert" : nothing}>${note(upload)}</span>
      ${phase === "going"
        ? html`
          <progress
            max=${Math.max(1, upload.size)}
            .value=${upload.sent}
            aria-label=${t("Uploading {name}", { name })}
          ></progress>
        `
        : nothing}
      <span class="tray-tools">
        ${canRetry
          ? html`
            <button
              type="button"
              class="icon-button"
              aria-label=${t("Upload {name} again", { name })}
              title=${t("Try again")}
              @click=${() => onRetry(id)}
            >${icon("rotate-cw")}</button>
          `
          : nothing}
        <button
          type="button"
          class="icon-button"
          aria-label=${removal}
          title=${isOver ? t("Remove") : t("Cancel")}
          @click=${() => onRemove(id)}
        >${icon("x")}</button>
      </span>
    </li>
  `;
}

/** @param {Upload} upload */
function note({ phase, problem, size, sent }) {
  if (phase === "failed") return problem;
  if (phase === "waiting") return t("Waiting…");
  if (phase === "going" && size > 0) {
    return t("{percent} % of {size}", {
      percent: Math.min(99, Math.floor(100 * sent / size)),
      size: fileSize(size),
    });
  }
  return fileSize(size);
}
