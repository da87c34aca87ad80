import { signal } from "@preact/signals-core";

/** @import { Message } from "./protocol.generated.d.ts" */

/**
 * Lists that stand where else a channel does.
 *
 * @typedef {"threads" | "mentions" | "unreads" | "saved" | "drafts" | "search"} PageName
 */

/**
 * Where the page is.
 *
 * @typedef {object} Route
 * @property {string | null} channelId
 * @property {string | null} threadId the root message of the thread beside the channel
 * @property {number | null} seq the message to show: of the thread where one is open, else of the channel
 * @property {PageName | null} page
 * @property {string} query what is searched for
 */

/**
 * What somebody was reading in a channel when they went elsewhere.
 *
 * @typedef {object} Reading
 * @property {string} channelId
 * @property {number | null} seq of the first message in view; null: the end
 * @property {string} key of its row
 * @property {number} top where the row stood in the window
 */

const CHANNEL_PATH =
  /^\/channels\/([1-9][0-9]*)(?:\/threads\/([1-9][0-9]*))?(?:\/([1-9][0-9]*))?\/?$/;
const PAGE_PATH = /^\/(threads|mentions|unreads|saved|drafts|search)\/?$/;

/** @type {Route} the list of channels, or on a wide screen whatever was open last */
export const HOME = { channelId: null, threadId: null, seq: null, page: null, query: "" };

/**
 * @param {string} channelId
 * @param {number | null} [seq]
 * @returns {Route}
 */
export function channelRoute(channelId, seq = null) {
  return { ...HOME, channelId, seq };
}

/**
 * @param {string} channelId
 * @param {string} threadId
 * @param {number | null} [seq]
 * @returns {Route}
 */
export function threadRoute(channelId, threadId, seq = null) {
  return { ...HOME, channelId, threadId, seq };
}

/**
 * Where a message is read: a reply that stays in its thread is read there.
 *
 * @param {Pick<import("./protocol.generated.d.ts").Message, "channel_id" | "seq" | "thread_id" | "also_to_channel">} message
 * @returns {Route}
 */
export function messageRoute({ channel_id, seq, thread_id, also_to_channel }) {
  if (thread_id === null || also_to_channel) return channelRoute(channel_id, seq);
  return threadRoute(channel_id, thread_id, seq);
}

/**
 * @param {PageName} page
 * @param {string} [query]
 * @returns {Route}
 */
export function pageRoute(page, query = "") {
  return { ...HOME, page, query };
}

/**
 * @param {string} path
 * @param {string} [search] the part after the path
 * @returns {Route}
 */
export function parsePath(path, search = "") {
  const page = PAGE_PATH.exec(path)?.[1];
  if (page) {
    const query = new URLSearchParams(search).get("q") ?? "";
    return pageRoute(/** @type {PageName} */ (page), query);
  }
  const [, channelId, threadId, seq] = CHANNEL_PATH.exec(path) ?? [];
  if (!channelId) return HOME;
  return {
    ...HOME,
    channelId,
    threadId: threadId ?? null,
    seq: seq === undefined ? null : Number(seq),
  };
}

/** @param {Route} route */
export function pathOf({ channelId, threadId, seq, page, query }) {
  if (page) return query ? `/${page}?${new URLSearchParams({ q: query })}` : `/${page}`;
  if (channelId === null) return "/";
  const thread = threadId === null ? "" : `/threads/${threadId}`;
  return `/channels/${channelId}${thread}${seq === null ? "" : `/${seq}`}`;
}

/**
 * Where a message stands: in its channel, or in its thread alone.
 *
 * @param {Pick<Message, "channel_id" | "thread_id" | "also_to_channel" | "seq">} message
 */
export function messagePath({ channel_id, thread_id, also_to_channel, seq }) {
  return pathOf(
    thread_id !== null && !also_to_channel
      ? threadRoute(channel_id, thread_id, seq)
      : channelRoute(channel_id, seq),
  );
}

/** The address bar. Links to places inside the page are followed without loading anything. */
export class Router {
  #route = signal(here());

  constructor() {
    /** @type {(route: Route, reading: Reading | null) => void} */
    this.onChange = () => {};
    /** @type {() => Reading | null} */
    this.readingNow = () => null;
    addEventListener("popstate", () => this.#show(here(), history.state?.reading ?? null));
    document.addEventListener("click", (event) => this.#follow(event));
  }

  get route() {
    return this.#route;
  }

  /** @param {Route} route */
  push(route) {
    if (pathOf(route) !== location.pathname + location.search) {
      const { state } = history;
      // Whoever comes back finds what they were reading.
      history.replaceState({ ...state, reading: this.readingNow() }, "");
      history.pushState({ from: pathOf(this.#route.peek()) }, "", pathOf(route));
    }
    this.#show(route);
  }

  /** @param {Route} route */
  replace(route) {
    history.replaceState(history.state, "", pathOf(route));
    this.#show(route);
  }

  /** From a channel or a page to the list, as the back gesture would go. */
  backToList() {
    this.back(HOME);
  }

  /**
   * To where the reader came from, if that was there; else there, as a new step.
   *
   * @param {Route} route
   */
  back(route) {
    if (history.state?.from === pathOf(route)) history.back();
    else this.push(route);
  }

  /**
   * @param {Route} route
   * @param {Reading | null} [reading]
   */
  #show(route, reading = null) {
    this.#route.value = route;
    this.onChange(route, reading);
  }

  /** @param {MouseEvent} event */
  #follow(event) {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey &&
      !event.altKey && !event.defaultPrevented;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!isPlain || !(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
    if (link.hash || link.target === "_blank" || link.hasAttribute("download")) return;
    const route = parsePath(link.pathname, link.search);
    if (route.channelId === null && route.page === null) return;
    event.preventDefault();
    this.push(route);
  }
}

function here() {
  return parsePath(location.pathname, location.search);
}
