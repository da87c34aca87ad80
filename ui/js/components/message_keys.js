/**
 * The keys that go from message to message, and in a list do something with the one that a line shows.
 *
 * @import { App } from "../app.js"
 * @import { Message } from "../protocol.generated.d.ts"
 */

import { possibleActs, subjectOf } from "../acts/message_acts.js";

/**
 * @param {App} app
 * @param {KeyboardEvent} event
 * @param {Message} message
 * @param {Element} row
 */
export function actByKey(app, event, message, row) {
  const { view } = app;
  const subject = subjectOf(message, {
    me: view.me.peek(),
    channel: view.channels.peek()[message.channel_id] ?? null,
    isSaved: view.saved.peek()[message.id] ?? false,
  });
  const act = possibleActs(subject).find(({ key }) => key === event.key.toLowerCase());
  if (!act) return;
  event.preventDefault();
  act.run(app, message, row);
}

/**
 * Go from row to row with the arrows.
 *
 * @param {KeyboardEvent} event
 * @param {Element[]} rows
 * @param {Element | null} current
 * @param {number} start where one comes in from outside: 0, or the number of rows
 * @returns {boolean} whether the key was for that
 */
export function moveByKey(event, rows, current, start) {
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  const index = current ? rows.indexOf(current) : start;
  const steps = /** @type {Record<string, number>} */ ({
    ArrowUp: index - 1,
    ArrowDown: current || start > 0 ? index + 1 : 0,
    Home: 0,
    End: rows.length - 1,
  });
  const next = steps[event.key];
  if (next === undefined) return false;
  const row = rows[Math.min(Math.max(next, 0), rows.length - 1)];
  if (!(row instanceof HTMLElement)) return false;
  event.preventDefault();
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}
