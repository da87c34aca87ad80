/**
 * Every stream is 1, 2, 3 … An event is applied when its seq is the next one, ignored when it is
 * smaller, and asked for again when it is larger.
 *
 * @import { OrderedEvent, Page, Reset, Welcome } from "../protocol.generated.d.ts"
 * @import { State } from "./state.js"
 */

import { reduceEvent, withCursor } from "./events.js";
import { staleLists } from "./lists.js";
import { requeueSent } from "./outbox.js";
import { channelIdOf, channelStream, userStream, without } from "./state.js";
import { withoutThreadsOf } from "./threads.js";
import { untouchedCount } from "./unread.js";

/**
 * `gap`: something is missing before it, ask for it. `unknown`: a stream that is not ours (yet).
 *
 * @typedef {"applied" | "ignored" | "gap" | "unknown"} Outcome
 */

/**
 * @param {State} state
 * @param {OrderedEvent} event
 * @returns {{ state: State, outcome: Outcome }}
 */
export function applyEvent(state, event) {
  const cursor = state.cursors[event.stream];
  if (cursor === undefined) {
    const heard = Math.max(state.strays[event.stream] ?? 0, event.seq);
    return {
      state: { ...state, strays: { ...state.strays, [event.stream]: heard } },
      outcome: "unknown",
    };
  }
  if (event.seq <= cursor) return { state, outcome: "ignored" };
  if (event.seq > cursor + 1) return { state, outcome: "gap" };
  return { state: advance(reduceEvent(state, event), event.stream, event.seq), outcome: "applied" };
}

/**
 * @param {State} state
 * @param {Page} page
 * @returns {{ state: State, outcome: Outcome }}
 */
export function applyPage(state, page) {
  const cursor = state.cursors[page.stream];
  if (cursor === undefined) return { state, outcome: "unknown" };
  if (page.to <= cursor) return { state, outcome: "ignored" };
  if (page.from > cursor + 1) return { state, outcome: "gap" };
  let next = state;
  for (const event of /** @type {OrderedEvent[]} */ (page.events)) {
    if (event.seq <= (next.cursors[page.stream] ?? page.to)) continue;
    next = advance(reduceEvent(next, event), page.stream, event.seq);
  }
  return { state: advance(next, page.stream, page.to), outcome: "applied" };
}

/**
 * Streams of which something later was heard before they were known.
 *
 * @param {State} state
 * @returns {{ state: State, behind: string[] }}
 */
export function takeStrays(state) {
  const behind = [];
  let strays = state.strays;
  for (const [stream, seq] of Object.entries(state.strays)) {
    const cursor = state.cursors[stream];
    if (cursor === undefined) continue;
    strays = without(strays, stream);
    if (seq > cursor) behind.push(stream);
  }
  return { state: strays === state.strays ? state : { ...state, strays }, behind };
}

/**
 * @typedef {object} WelcomeNeeds
 * @property {string[]} sync streams that are behind
 * @property {boolean} channels the list of channels must be read again
 * @property {boolean} unread the counts must be read again
 * @property {boolean} isNewHistory nothing that was seen before is certain any more
 */

/**
 * @param {State} state
 * @param {Welcome} welcome
 * @returns {{ state: State, needs: WelcomeNeeds }}
 */
export function applyWelcome(state, welcome) {
  const ownStream = userStream(welcome.user.id);
  const met = { ...state, me: welcome.user, epoch: welcome.epoch };
  if (state.epoch !== null && state.epoch !== welcome.epoch) {
    // The database was restored. Only what is written here and not sent is still worth something.
    return {
      state: {
        ...met,
        outbox: requeueSent(state.outbox),
        users: { [welcome.user.id]: welcome.user },
        presence: {},
        typing: {},
        marks: [],
        quoted: {},
        place: state.place && { ...state.place, dividerAfter: null },
        cursors: welcome.streams,
        strays: {},
        timelines: {},
        threads: {},
        thread: state.thread && { ...state.thread, dividerAfter: null },
        unreadThreads: {},
        lists: staleLists(state.lists),
        members: {},
        unread: Object.fromEntries(
          Object.keys(state.unread).map((channelId) => [
            channelId,
            untouchedCount(0, welcome.streams[channelStream(channelId)] ?? 0),
          ]),
        ),
      },
      needs: { sync: [], channels: true, unread: true, isNewHistory: true },
    };
  }
  const cursors = { ...met.cursors };
  const ownHead = welcome.streams[ownStream];
  if (ownHead !== undefined && cursors[ownStream] === undefined) cursors[ownStream] = ownHead;
  const channelStreams = Object.keys(welcome.streams).filter((stream) => channelIdOf(stream));
  const knownStreams = Object.keys(cursors).filter((stream) => channelIdOf(stream));
  return {
    state: { ...met, cursors },
    needs: {
      sync: inOrder(
        state,
        Object.entries(cursors).filter(([stream, cursor]) => {
          const head = welcome.streams[stream];
          return head !== undefined && head !== cursor;
        }).map(([stream]) => stream),
      ),
      channels: channelStreams.some((stream) => !(stream in cursors)) ||
        knownStreams.some((stream) => !(stream in welcome.streams)),
      // Between the page and this frame a marker may have moved, and the page carries no cursor of
      // the own stream to ask for it.
      unread: state.cursors[ownStream] === undefined,
      isNewHistory: false,
    },
  };
}

/**
 * @param {State} state
 * @param {Reset} reset
 * @returns {State}
 */
export function applyReset(state, reset) {
  const channelId = channelIdOf(reset.stream);
  const next = { ...state, cursors: { ...state.cursors, [reset.stream]: reset.seq } };
  if (channelId === null) return { ...next, lists: staleLists(state.lists) };
  return {
    ...next,
    lists: staleLists(state.lists),
    threads: withoutThreadsOf(state.threads, channelId),
    timelines: without(state.timelines, channelId),
    members: without(state.members, channelId),
  };
}

/**
 * @param {State} state
 * @param {string} stream
 * @param {number} seq
 */
function advance(state, stream, seq) {
  // The event itself may have ended its stream.
  return stream in state.cursors ? withCursor(state, stream, seq) : state;
}

/**
 * The open channel first.
 *
 * @param {State} state
 * @param {string[]} streams
 */
function inOrder(state, streams) {
  const open = state.place && `c:${state.place.channelId}`;
  return streams.sort((a, b) => Number(b === open) - Number(a === open));
}
