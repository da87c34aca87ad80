import { signal } from "@preact/signals-core";

/**
 * Where the page is.
 *
 * @typedef {object} Route
 * @property {string | null} channelId null: the list of channels
 * @property {number | null} seq the message to show
 */

const CHANNEL_PATH = /^\/channels\/([1-9][0-9]*)(?:\/([1-9][0-9]*))?\/?$/;

/**
 * @param {string} path
 * @returns {Route}
 */
export function parsePath(path) {
  const found = CHANNEL_PATH.exec(path);
  return {
    channelId: found?.[1] ?? null,
    seq: found?.[2] ? Number(found[2]) : null,
  };
}

/** @param {Route} route */
export function pathOf({ channelId, seq }) {
  if (channelId === null) return "/";
  return seq === null ? `/channels/${channelId}` : `/channels/${channelId}/${seq}`;
}

/** The address bar. Links to channels inside the page are followed without loading anything. */
export class Router {
  #route = signal(parsePath(location.pathname));

  constructor() {
    /** @type {(route: Route) => void} */
    this.onChange = () => {};
    addEventListener("popstate", () => this.#show(parsePath(location.pathname)));
    document.addEventListener("click", (event) => this.#follow(event));
  }

  get route() {
    return this.#route;
  }

  /** @param {Route} route */
  push(route) {
    if (pathOf(route) !== location.pathname) {
      const isFromList = this.#route.peek().channelId === null;
      history.pushState({ isFromList }, "", pathOf(route));
    }
    this.#show(route);
  }

  /** @param {Route} route */
  replace(route) {
    history.replaceState(history.state, "", pathOf(route));
    this.#show(route);
  }

  /** From a channel to the list, as the back gesture would go. */
  backToList() {
    if (history.state?.isFromList) history.back();
    else this.push({ channelId: null, seq: null });
  }

  /** @param {Route} route */
  #show(route) {
    this.#route.value = route;
    this.onChange(route);
  }

  /** @param {MouseEvent} event */
  #follow(event) {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey &&
      !event.altKey && !event.defaultPrevented;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!isPlain || !(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
    if (link.hash) return;
    const route = parsePath(link.pathname);
    if (route.channelId === null) return;
    event.preventDefault();
    this.push(route);
  }
}
