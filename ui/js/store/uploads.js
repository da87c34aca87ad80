/**
 * Files on their way to the server, for each conversation.
 *
 * @import { File as SentFile } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

/**
 * @typedef {object} Upload
 * @property {string} id
 * @property {string} name
 * @property {number} size
 * @property {string | null} preview the address of a small picture of it
 * @property {"waiting" | "going" | "done" | "failed"} phase
 * @property {number} sent bytes
 * @property {string} problem why it failed, as a sentence
 * @property {boolean} canRetry
 * @property {SentFile | null} file what the server has made of it
 */

/**
 * @param {Pick<Upload, "id" | "name" | "size" | "preview">} about
 * @returns {Upload}
 */
export function newUpload(about) {
  return { ...about, phase: "waiting", sent: 0, problem: "", canRetry: false, file: null };
}

/**
 * What the server has already, as after a message that was taken back.
 *
 * @param {SentFile} file
 * @returns {Upload}
 */
export function doneUpload(file) {
  const { id, name, size } = file;
  return { ...newUpload({ id: `file-${id}`, name, size, preview: null }), phase: "done", file };
}

/**
 * @param {State} state
 * @param {string} key of the conversation, as drafts have it
 */
export function uploadsAt(state, key) {
  return state.uploads[key] ?? [];
}

/**
 * @param {State} state
 * @param {string} key
 * @param {Upload[]} uploads
 * @returns {State}
 */
export function withUploads(state, key, uploads) {
  const { [key]: _, ...others } = state.uploads;
  return { ...state, uploads: uploads.length > 0 ? { ...others, [key]: uploads } : others };
}

/**
 * @param {State} state
 * @param {string} key
 * @param {string} id
 * @param {Partial<Upload>} change
 * @returns {State}
 */
export function withUploadChanged(state, key, id, change) {
  const uploads = uploadsAt(state, key);
  if (!uploads.some((upload) => upload.id === id)) return state;
  return withUploads(
    state,
    key,
    uploads.map((upload) => upload.id === id ? { ...upload, ...change } : upload),
  );
}

/**
 * @param {State} state
 * @param {string} key
 * @param {string} id
 */
export function withoutUpload(state, key, id) {
  return withUploads(state, key, uploadsAt(state, key).filter((upload) => upload.id !== id));
}

/**
 * How things stand with what shall be sent together.
 *
 * @param {Upload[]} uploads
 * @returns {"none" | "busy" | "failed" | "ready"}
 */
export function readiness(uploads) {
  if (uploads.length === 0) return "none";
  if (uploads.some(({ phase }) => phase === "failed")) return "failed";
  return uploads.every(({ phase }) => phase === "done") ? "ready" : "busy";
}

/**
 * The part of all bytes that has arrived, 0 … 1.
 *
 * @param {Upload[]} uploads
 */
export function progressOf(uploads) {
  const total = uploads.reduce((sum, { size }) => sum + size, 0);
  const sent = uploads.reduce(
    (sum, { phase, size, sent }) => sum + (phase === "done" ? size : sent),
    0,
  );
  return total === 0 ? 1 : sent / total;
}
