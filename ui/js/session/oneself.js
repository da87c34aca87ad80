/**
 * What follows from how one wants it, and what others shall know of one.
 *
 * @import { App } from "../app.js"
 * @import { Crowd } from "./crowd.js"
 * @import { Idleness } from "./idleness.js"
 */

import { effect, untracked } from "@preact/signals-core";
import { chooseLooks } from "../lib/looks.js";
import { chooseTheme } from "../lib/theme.js";
import { clockStyle } from "../lib/time.js";
import { withoutEndedStatuses } from "../store/status.js";

/** Browsers take a longer wait for none at all. */
const WAIT_MAX_MS = 86_400_000;

const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "keydown", "wheel", "focus"];

/**
 * @param {App} app
 * @param {{ crowd: Crowd, idleness: Idleness }} parts
 */
export function followOneself(app, { crowd, idleness }) {
  const { view, router, notifier } = app;
  effect(() => {
    const wanted = view.preferences.value;
    if (!wanted) return;
    chooseTheme(wanted.theme);
    chooseLooks(wanted);
    clockStyle.value = wanted.clock;
  });
  effect(() => {
    const { isFocused } = view.attention.value;
    const { threadId } = router.route.value;
    const channelId = view.openId.value;
    const places = channelId === null
      ? []
      : [channelId, ...(threadId === null ? [] : [`${channelId}/${threadId}`])];
    untracked(() => crowd.look(isFocused ? places : []));
    if (isFocused) untracked(() => notifier.peek()?.look());
  });
  effect(() => {
    view.unread.value;
    view.threads.value;
    untracked(() => notifier.peek()?.clear());
  });
  followStatusEnds(app);
  for (const name of SIGNS_OF_LIFE) {
    addEventListener(name, () => idleness.touched(), { passive: true, capture: true });
  }
}

/** @param {App} app */
function followStatusEnds({ store, view }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  effect(() => {
    const end = view.nextStatusEnd.value;
    clearTimeout(timer);
    if (end !== null) wait(end);
  });
  /** @param {number} end */
  function wait(end) {
    const delayMs = Math.min(Math.max(end - Date.now() + 50, 0), WAIT_MAX_MS);
    timer = setTimeout(() => {
      store.update((state) => withoutEndedStatuses(state, Date.now()));
      if (view.nextStatusEnd.peek() === end) wait(end);
    }, delayMs);
  }
}
