/**
 * Large files, piece by piece: after a break the next piece goes to where the last one ended.
 *
 * @import { File as SentFile } from "../protocol.generated.d.ts"
 * @import { Sending } from "./uploads.js"
 */

import { DetailedError, Upload } from "tus-js-client";
import { RequestFailed } from "../api.js";
import { LIMIT } from "../protocol.generated.js";

const RETRY_DELAYS_MS = [0, 1_000, 3_000, 5_000, 10_000];

/** The server's own: the id of the file, with the answer to the last piece. */
const FILE_ID = "Upload-File-Id";

/**
 * @throws {RequestFailed}
 * @param {Sending} sending
 * @returns {Promise<SentFile>}
 */
export function sendInPieces({ body, name, csrfToken, onProgress, signal, memory }) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(body, {
      endpoint: "/api/v1/uploads",
      uploadUrl: memory.address ?? null,
      chunkSize: LIMIT.UPLOAD_PIECE_MAX_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      storeFingerprintForResuming: false,
      metadata: { filename: name },
      headers: { "X-CSRFToken": csrfToken },
      onUploadUrlAvailable: () => memory.address = upload.url ?? undefined,
      onProgress: (sent) => onProgress(sent),
      onSuccess: ({ lastResponse }) => {
        fetchRecord(lastResponse.getHeader(FILE_ID) ?? "").then(resolve, reject);
      },
      onError: (error) => reject(refusal(error)),
    });
    signal.addEventListener("abort", () => {
      // Also at the server: what is given up shall not count for a day.
      upload.abort(true).catch(() => {});
      reject(new RequestFailed(0, {}));
    }, { once: true });
    upload.start();
  });
}

/**
 * @param {string} fileId
 * @returns {Promise<SentFile>}
 */
async function fetchRecord(fileId) {
  const response = await fetch(`/api/v1/files/${fileId}?info=1`).catch(() => {
    throw new RequestFailed(0, {});
  });
  if (!response.ok) throw new RequestFailed(response.status, {});
  return await response.json();
}

/** @param {Error} error */
function refusal(error) {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (!response) return new RequestFailed(0, {});
  try {
    return new RequestFailed(response.getStatus(), JSON.parse(response.getBody()).error ?? {});
  } catch {
    return new RequestFailed(response.getStatus(), {});
  }
}
