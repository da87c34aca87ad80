/** @import { File } from "../protocol.generated.d.ts" */

import { locale } from "./i18n.js";
/** Where a picture may be at most as large as this beside the text. */
const BOX = { width: 420, height: 320 };

/** Several pictures stand in tiles. */
const TILE = { width: 200, height: 160 };

const STEPS = /** @type {const} */ (["byte", "kilobyte", "megabyte", "gigabyte"]);

/**
 * @param {number} bytes
 * @returns {string} "1.4 MB"
 */
export function fileSize(bytes) {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), STEPS.length - 1);
  const number = bytes / 1000 ** step;
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: STEPS[step],
    unitDisplay: step === 0 ? "narrow" : "short",
    maximumFractionDigits: number < 10 && step > 0 ? 1 : 0,
  }).format(number);
}

/** @param {Pick<File, "id">} file */
export function filePath({ id }) {
  return `/api/v1/files/${id}`;
}

/**
 * @param {Pick<File, "id">} file
 * @param {number} size
 */
export function thumbnailPath({ id }, size) {
  return `/api/v1/files/${id}/thumbnail/${size}`;
}

/**
 * Whether it is a picture that a browser can show, now or in a moment.
 *
 * @param {File} file
 */
export function isPicture({ content_type, is_inline, width, height }) {
  return is_inline && content_type.startsWith("image/") && width !== null && height !== null;
}

/**
 * The place of a picture, known before any of it has come.
 *
 * @param {File} file
 * @param {{ isAlone: boolean }} options
 * @returns {{ width: number, height: number }}
 */
export function pictureBox({ width, height }, { isAlone }) {
  if (!isAlone) return TILE;
  const own = { width: width || BOX.width, height: height || BOX.height };
  const scale = Math.min(1, BOX.width / own.width, BOX.height / own.height);
  return {
    width: Math.max(48, Math.round(own.width * scale)),
    height: Math.max(48, Math.round(own.height * scale)),
  };
}

/**
 * @param {File} file
 * @returns {string} the name of an icon
 */
export function fileIcon({ content_type, name }) {
  const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
  if (content_type.startsWith("image/")) return "image";
  if (content_type.startsWith("video/")) return "film";
  if (content_type.startsWith("audio/")) return "music";
  if (["zip", "gz", "tar", "7z", "rar", "xz", "bz2", "zst"].includes(extension)) {
    return "file-archive";
  }
  if (["xls", "xlsx", "ods", "csv", "tsv"].includes(extension)) return "file-spreadsheet";
  if (content_type.startsWith("text/") || ["pdf", "doc", "docx", "odt", "md"].includes(extension)) {
    return "file-text";
  }
  return "file";
}
