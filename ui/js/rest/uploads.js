/**
 * Bringing a file to the server: at once, or, when it is large, in pieces.
 *
 * @import { File as SentFile } from "../protocol.generated.d.ts"
 */

import { query, RequestFailed } from "../api.js";

/** From here on a broken line costs enough to go on from where it broke. */
const PIECES_FROM_BYTES = 2 * 1024 * 1024;

/**
 * @typedef {object} Sending
 * @property {Blob} body
 * @property {string} name
 * @property {string} csrfToken
 * @property {(bytes: number) => void} onProgress
 * @property {AbortSignal} signal
 * @property {{ address?: string }} memory what the next attempt needs to go on
 */

/**
 * @throws {RequestFailed}
 * @param {Sending} sending
 * @returns {Promise<SentFile>}
 */
export async function sendFile(sending) {
  if (sending.body.size < PIECES_FROM_BYTES) return await sendWhole(sending);
  let tus;
  try {
    tus = await import("./tus.js");
  } catch {
    throw new RequestFailed(0, {});
  }
  return await tus.sendInPieces(sending);
}

/**
 * @param {Sending} sending
 * @returns {Promise<SentFile>}
 */
function sendWhole({ body, name, csrfToken, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    // Only XMLHttpRequest says how much of a body has gone.
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/files?${query({ name })}`);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRFToken", csrfToken);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status === 201) resolve(request.response);
      else reject(new RequestFailed(request.status, request.response?.error ?? {}));
    };
    request.onerror = request.onabort = () => reject(new RequestFailed(0, {}));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/**
 * How large a file may be.
 *
 * @returns {Promise<number | null>} bytes; null when the server does not say
 */
export async function largestFile() {
  try {
    const { headers } = await fetch("/api/v1/uploads", { method: "OPTIONS" });
    return Number(headers.get("Tus-Max-Size")) || null;
  } catch {
    return null;
  }
}
