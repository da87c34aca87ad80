/**
 * REST as the page uses it. What one area alone asks for stands in `rest/`, on top of `request`.
 *
 * @import { ChannelView, Member, MessagePage, OwnUser, Preferences, Section, UnreadOverview, User } from "./protocol.generated.d.ts"
 */

import { t } from "./lib/i18n.js";

/**
 * How much of a channel one has not read.
 *
 * @typedef {object} Unread
 * @property {string} channel_id
 * @property {number} messages
 * @property {number} mentions
 * @property {number} read_seq
 * @property {number} last_seq
 */

/**
 * @template Row
 * @typedef {{ results: Row[], next_cursor: string | null, has_more: boolean }} ListPage
 */

/** The server refused a request, or could not be reached (`status` 0). */
export class RequestFailed extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, detail?: string, fields?: Record<string, string> }} body
   */
  constructor(status, body) {
    super(body.detail ?? t("The server could not be reached."));
    this.name = "RequestFailed";
    this.status = status;
    this.code = body.code ?? "";
    this.fields = body.fields ?? {};
  }
}

export class Api {
  #fetch;
  #csrfToken;
  #onSignedOut;

  /**
   * @param {object} options
   * @param {typeof fetch} options.fetch
   * @param {string} options.csrfToken
   * @param {() => void} options.onSignedOut
   */
  constructor({ fetch, csrfToken, onSignedOut }) {
    this.#fetch = fetch;
    this.#csrfToken = csrfToken;
    this.#onSignedOut = onSignedOut;
  }

  /** @returns {Promise<OwnUser>} */
  me() {
    return this.request("GET", "users/me");
  }

  /**
   * @param {string} userId
   * @returns {Promise<User>}
   */
  user(userId) {
    return this.request("GET", `users/${userId}`);
  }

  /**
   * @param {string | null} cursor
   * @returns {Promise<ListPage<User>>}
   */
  users(cursor) {
    return this.request("GET", `users?${query({ cursor, limit: 100 })}`);
  }

  /** @returns {Promise<ChannelView[]>} */
  myChannels() {
    return this.all("channels");
  }

  /** @returns {Promise<ChannelView[]>} */
  joinableChannels() {
    return this.all("channels?browse=1");
  }

  /**
   * @param {string} channelId
   * @returns {Promise<ChannelView>}
   */
  channel(channelId) {
    return this.request("GET", `channels/${channelId}`);
  }

  /**
   * @param {{ name: string, kind: string, topic: string }} fields
   * @returns {Promise<ChannelView>}
   */
  createChannel(fields) {
    return this.request("POST", "channels", fields);
  }

  /**
   * @param {string} channelId
   * @param {{ name?: string, topic?: string }} fields
   * @returns {Promise<ChannelView>}
   */
  changeChannel(channelId, fields) {
    return this.request("PATCH", `channels/${channelId}`, fields);
  }

  /**
   * @param {string} channelId
   * @returns {Promise<unknown>}
   */
  joinChannel(channelId) {
    return this.request("POST", `channels/${channelId}/join`, {});
  }

  /**
   * @param {string} channelId
   * @returns {Promise<unknown>}
   */
  leaveChannel(channelId) {
    return this.request("POST", `channels/${channelId}/leave`, {});
  }

  /**
   * @param {string} channelId
   * @param {{ before?: number, after?: number, around?: number, at?: string, limit: number }} place
   * @returns {Promise<MessagePage>}
   */
  messages(channelId, place) {
    return this.request(
      "GET",
      `channels/${channelId}/messages?${query({ ...place, replies: "false" })}`,
    );
  }

  /**
   * @param {string} channelId
   * @param {string | null} cursor
   * @returns {Promise<ListPage<Member>>}
   */
  members(channelId, cursor) {
    return this.request("GET", `channels/${channelId}/members?${query({ cursor, limit: 100 })}`);
  }

  /** @returns {Promise<Section[]>} */
  sections() {
    return this.all("sections");
  }

  /** @returns {Promise<Preferences>} */
  preferences() {
    return this.request("GET", "preferences");
  }

  /** @returns {Promise<UnreadOverview>} */
  unread() {
    return this.request("GET", "unread");
  }

  /**
   * All pages of a list.
   *
   * @template Row
   * @param {string} path
   * @returns {Promise<Row[]>}
   */
  async all(path) {
    /** @type {Row[]} */
    const rows = [];
    /** @type {string | null} */
    let cursor = null;
    const separator = path.includes("?") ? "&" : "?";
    do {
      /** @type {ListPage<Row>} */
      const page = await this.request(
        "GET",
        `${path}${separator}${query({ cursor, limit: 100 })}`,
      );
      rows.push(...page.results);
      cursor = page.has_more ? page.next_cursor : null;
    } while (cursor !== null);
    return rows;
  }

  /**
   * @throws {RequestFailed}
   * @template Answer
   * @param {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} method
   * @param {string} path
   * @param {object} [body] a record, or the bytes of a file
   * @returns {Promise<Answer>}
   */
  async request(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRFToken"] = this.#csrfToken;
    const isFile = body instanceof Blob;
    if (body !== undefined) {
      headers["Content-Type"] = isFile ? "application/octet-stream" : "application/json";
    }
    /** @type {Response} */
    let response;
    try {
      response = await this.#fetch(`/api/v1/${path}`, {
        method,
        headers,
        body: body === undefined || isFile ? body : JSON.stringify(body),
        credentials: "same-origin",
      });
    } catch {
      throw new RequestFailed(0, {});
    }
    if (response.status === 401) this.#onSignedOut();
    const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
    if (!response.ok) throw new RequestFailed(response.status, answer.error ?? {});
    return answer;
  }
}

/** @param {Record<string, string | number | null | undefined>} values */
export function query(values) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) parameters.set(name, String(value));
  }
  return parameters.toString();
}
