/**
 * What the components look at: small signals that change only when what they show does.
 *
 * @import { Store } from "./store.js"
 */

import { computed } from "@preact/signals-core";
import { buildRows } from "./rows.js";
import {
  channelLines,
  directUserIds,
  isModerator,
  named,
  strangers,
  typistNames,
} from "./selectors.js";
import { nextStatusEnd } from "./status.js";
import { isInChannel } from "./timeline.js";
import { unreadTotals } from "./unread.js";

/** @typedef {ReturnType<typeof createView>} View */

/** @param {Store} store */
export function createView(store) {
  const me = store.select((state) => state.me);
  const users = store.select((state) => state.users);
  const presence = store.select((state) => state.presence);
  const channels = store.select((state) => state.channels);
  const unread = store.select((state) => state.unread);
  const drafts = store.select((state) => state.drafts);
  const outbox = store.select((state) => state.outbox);
  const place = store.select((state) => state.place);
  const openId = computed(() => place.value?.channelId ?? null);

  const namedChannels = computed(() =>
    Object.fromEntries(
      Object.entries(channels.value).map(([id, one]) => [
        id,
        named(one, users.value, me.value.id),
      ]),
    )
  );
  const lines = computed(() =>
    channelLines({ channels: namedChannels.value, unread: unread.value, drafts: drafts.value })
  );
  const channel = computed(() => namedChannels.value[openId.value ?? ""] ?? null);
  const timeline = store.select((state) =>
    state.place ? state.timelines[state.place.channelId] ?? null : null
  );
  const rows = computed(() => {
    const openTimeline = timeline.value;
    if (!openTimeline) return [];
    return buildRows({
      timeline: openTimeline,
      outbox: outbox.value.filter((entry) =>
        entry.channel_id === openId.value && isInChannel(entry)
      ),
      dividerAfter: place.value?.dividerAfter ?? null,
      meId: me.value.id,
    });
  });

  return {
    me,
    users,
    presence,
    place,
    openId,
    lines,
    channel,
    channels: namedChannels,
    unread,
    threads: store.select((state) => state.personal.threads),
    nextStatusEnd: store.select(nextStatusEnd),
    directUserIds: store.select((state) => directUserIds(state).join()),
    preferences: store.select((state) => state.personal.preferences),
    saved: store.select((state) => state.personal.saved),
    timeline,
    rows,
    outbox,
    timelines: store.select((state) => state.timelines),
    cursors: store.select((state) => state.cursors),
    workspaceName: store.select((state) => state.workspaceName),
    link: store.select((state) => state.link),
    attention: store.select((state) => state.attention),
    unreadHere: store.select((state) =>
      state.place ? unreadTotals(state.unread[state.place.channelId]).messages : 0
    ),
    members: store.select((state) =>
      state.place ? state.members[state.place.channelId] ?? null : null
    ),
    isModerator: store.select((state) => isModerator(state, state.place?.channelId ?? "")),
    hasStaleUnread: store.select((state) =>
      Object.values(state.unread).some((count) => count.isStale)
    ),
    strangers: store.select((state) => strangers(state).join()),
    typists: store.select((state) =>
      state.place ? typistNames(state, state.place.channelId).join("\n") : ""
    ),
    unsentCount: store.select((state) =>
      state.outbox.filter((entry) => entry.phase !== "sent").length
    ),
    waitingCount: store.select((state) =>
      state.outbox.filter((entry) => entry.phase === "waiting").length
    ),
  };
}
