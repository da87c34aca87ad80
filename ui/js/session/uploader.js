/**
 * @import { Clock } from "../lib/clock.js"
 * @import { File as SentFile } from "../protocol.generated.d.ts"
 * @import { Sending } from "../rest/uploads.js"
 * @import { Store } from "../store/store.js"
 * @import { Upload } from "../store/uploads.js"
 */

import { RequestFailed } from "../api.js";
import { jitteredDelay } from "../lib/backoff.js";
import { fileSize } from "../lib/files.js";
import { t } from "../lib/i18n.js";
import { ERROR, LIMIT } from "../protocol.generated.js";
import {
  doneUpload,
  newUpload,
  uploadsAt,
  withoutUpload,
  withUploadChanged,
  withUploads,
} from "../store/uploads.js";

/** Side by side: more would only share one line. */
const PARALLEL = 3;

/** A trouble that may pass is tried so often before the person is asked. */
const ATTEMPTS_MAX = 5;

/** Larger pictures are named instead of shown: to draw them would stop the page. */
const PREVIEW_MAX_BYTES = 20 * 1024 * 1024;

/** Redrawing for each packet would take longer than sending it. */
const PROGRESS_MS = 100;

/**
 * @typedef {object} Job
 * @property {string} key
 * @property {Blob} body
 * @property {AbortController | null} abort while it goes
 * @property {number} attempts
 * @property {Sending["memory"]} memory
 */

/** Brings files to the server while one goes on writing, or looks elsewhere. */
export class Uploader {
  #store;
  #clock;
  #csrfToken;
  #send;
  #largest;
  /** @type {Map<string, Job>} by the id of the upload, in order */
  #jobs = new Map();
  #count = 0;

  /**
   * @param {object} parts
   * @param {Store} parts.store
   * @param {Clock} parts.clock
   * @param {string} parts.csrfToken
   * @param {(sending: Sending) => Promise<SentFile>} parts.send
   * @param {() => Promise<number | null>} parts.largest how large a file may be
   */
  constructor({ store, clock, csrfToken, send, largest }) {
    this.#store = store;
    this.#clock = clock;
    this.#csrfToken = csrfToken;
    this.#send = send;
    this.#largest = largest;
  }

  /** Whether something would be lost with the page. */
  get isBusy() {
    return this.#jobs.size > 0;
  }

  /**
   * @param {string} key of the conversation
   * @param {File[]} bodies
   * @returns {number} how many of them are too many for one message
   */
  add(key, bodies) {
    const uploads = uploadsAt(this.#store.state, key);
    const taken = bodies.slice(0, Math.max(0, LIMIT.FILES_PER_MESSAGE - uploads.length));
    const added = taken.map((body) => this.#begin(key, body));
    this.#store.update((state) => withUploads(state, key, [...uploads, ...added]));
    this.#pump();
    return bodies.length - taken.length;
  }

  /**
   * Files that are at the server already.
   *
   * @param {string} key
   * @param {SentFile[]} files
   */
  adopt(key, files) {
    this.#store.update((state) =>
      withUploads(state, key, [...uploadsAt(state, key), ...files.map(doneUpload)])
    );
  }

  /**
   * @param {string} key
   * @param {string} id
   */
  remove(key, id) {
    this.#jobs.get(id)?.abort?.abort();
    this.#jobs.delete(id);
    const upload = uploadsAt(this.#store.state, key).find((one) => one.id === id);
    if (upload?.preview) URL.revokeObjectURL(upload.preview);
    this.#store.update((state) => withoutUpload(state, key, id));
    this.#pump();
  }

  /**
   * @param {string} key
   * @param {string} id
   */
  retry(key, id) {
    const job = this.#jobs.get(id);
    if (!job) return;
    job.attempts = 0;
    this.#change(key, id, { phase: "waiting", problem: "", canRetry: false });
    this.#pump();
  }

  /** There is a connection again: whatever the line has broken goes on. */
  resume() {
    for (const [id, { key }] of this.#jobs) {
      const upload = uploadsAt(this.#store.state, key).find((one) => one.id === id);
      if (upload?.phase === "failed" && upload.canRetry) this.retry(key, id);
    }
  }

  /**
   * All files of a conversation, to be sent with a message. The tray is empty then.
   *
   * @param {string} key
   * @returns {SentFile[]}
   */
  take(key) {
    const uploads = uploadsAt(this.#store.state, key);
    for (const { preview } of uploads) if (preview) URL.revokeObjectURL(preview);
    this.#store.update((state) => withUploads(state, key, []));
    return uploads.map(({ file }) => file).filter((file) => file !== null);
  }

  /**
   * @param {string} key
   * @param {File} body
   * @returns {Upload}
   */
  #begin(key, body) {
    const id = `upload-${++this.#count}`;
    this.#jobs.set(id, { key, body, abort: null, attempts: 0, memory: {} });
    const isPicture = /^image\/(png|jpeg|gif|webp|avif)$/.test(body.type) &&
      body.size <= PREVIEW_MAX_BYTES;
    return newUpload({
      id,
      name: body.name,
      size: body.size,
      preview: isPicture ? URL.createObjectURL(body) : null,
    });
  }

  #pump() {
    for (const [id, job] of this.#jobs) {
      const going = [...this.#jobs.values()].filter(({ abort }) => abort !== null).length;
      if (going >= PARALLEL) return;
      const upload = uploadsAt(this.#store.state, job.key).find((one) => one.id === id);
      if (upload?.phase === "waiting" && job.abort === null) this.#run(id, job, upload.name);
    }
  }

  /**
   * @param {string} id
   * @param {Job} job
   * @param {string} name
   */
  async #run(id, job, name) {
    const abort = new AbortController();
    job.abort = abort;
    job.attempts += 1;
    let shownAt = 0;
    this.#change(job.key, id, { phase: "going", sent: 0 });
    try {
      const file = await this.#send({
        body: job.body,
        name,
        csrfToken: this.#csrfToken,
        signal: abort.signal,
        memory: job.memory,
        onProgress: (sent) => {
          const now = this.#clock.now();
          if (now - shownAt < PROGRESS_MS) return;
          shownAt = now;
          this.#change(job.key, id, { sent });
        },
      });
      this.#jobs.delete(id);
      this.#change(job.key, id, { phase: "done", sent: job.body.size, file });
    } catch (error) {
      job.abort = null;
      if (!abort.signal.aborted) await this.#failed(id, job, error);
    }
    this.#pump();
  }

  /**
   * @param {string} id
   * @param {Job} job
   * @param {unknown} error
   */
  async #failed(id, job, error) {
    const { status, code } = error instanceof RequestFailed ? error : { status: 0, code: "" };
    const isPassing = status === 0 || status >= 500 || status === 429;
    if (isPassing && job.attempts < ATTEMPTS_MAX) {
      this.#change(job.key, id, { phase: "waiting" });
      // Not before its time: `#pump` passes over what is busy.
      job.abort = new AbortController();
      const { signal } = job.abort;
      this.#clock.setTimeout(() => {
        if (signal.aborted) return;
        job.abort = null;
        this.#pump();
      }, 500 + jitteredDelay(job.attempts, Math.random));
      return;
    }
    const problem = await this.#sentence(code, error);
    this.#change(job.key, id, { phase: "failed", problem, canRetry: isPassing });
    if (!isPassing) this.#jobs.delete(id);
  }

  /**
   * @param {string} code
   * @param {unknown} error
   */
  async #sentence(code, error) {
    if (code === ERROR.FILE_TOO_LARGE) {
      const largest = await this.#largest();
      if (largest !== null) {
        return t("Too large: a file may have {size}.", { size: fileSize(largest) });
      }
    }
    if (error instanceof RequestFailed && error.status === 0) return t("The connection broke.");
    return error instanceof Error ? error.message : t("Something went wrong.");
  }

  /**
   * @param {string} key
   * @param {string} id
   * @param {Partial<Upload>} change
   */
  #change(key, id, change) {
    this.#store.update((state) => withUploadChanged(state, key, id, change));
  }
}
