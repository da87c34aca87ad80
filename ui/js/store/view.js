/**
 * What the components look at: small signals that change only when what they show does.
 *
 * @import { Store } from "./store.js"
 */

import { computed } from "@preact/signals-core";
import { draftRows } from "./draft_rows.js";
import { buildRows } from "./rows.js";
import {
  channelLines,
  isModerator,
  named,
  partners,
  strangers,
  typistNames,
  unopenedDrafts,
} from "./selectors.js";
import { sidebarGroups } from "./sidebar.js";
import { nextStatusEnd } from "./status.js";
import { isInChannel } from "./timeline.js";
import { draftKey } from "./personal.js";
import { unreadTotals } from "./unread.js";

/** @typedef {ReturnType<typeof createView>} View */

/**
 * @param {Store} store
 * @param {import("@preact/signals-core").ReadonlySignal<ReadonlySet<string>>} folded groups of the sidebar
 */
export function createView(store, folded) {
  const me = store.select((state) => state.me);
  const users = store.select((state) => state.users);
  const presence = store.select((state) => state.presence);
  const channels = store.select((state) => state.channels);
  const unread = store.select((state) => state.unread);
  const drafts = store.select((state) => state.drafts);
  const uploads = store.select((state) => state.uploads);
  const outbox = store.select((state) => state.outbox);
  const place = store.select((state) => state.place);
  const personal = store.select((state) => state.personal);
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
  const sections = store.select((state) => state.personal.sections);
  const sidebar = computed(() =>
    sidebarGroups({
      lines: lines.value,
      sections: sections.value,
      folded: folded.value,
      openId: openId.value,
    })
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

  const threadPlace = store.select((state) => state.thread);
  const thread = store.select((state) =>
    state.thread ? state.threads[state.thread.rootId] ?? null : null
  );
  const threadRows = computed(() => {
    if (!thread.value) return [];
    const { rootId, replies } = thread.value;
    return buildRows({
      timeline: replies,
      outbox: outbox.value.filter((entry) => entry.thread_id === rootId),
      dividerAfter: threadPlace.value?.dividerAfter ?? null,
      meId: me.value.id,
    });
  });
  const threadsKnown = store.select((state) => state.personal.threads);

  return {
    threadPlace,
    thread,
    threadRows,
    isThreadLost: store.select((state) =>
      state.thread !== null && !(state.thread.rootId in state.threads)
    ),
    threadsKnown,
    threadTypists: store.select((state) =>
      state.thread
        ? typistNames(state, draftKey(state.thread.channelId, state.thread.rootId)).join("\n")
        : ""
    ),
    unreadThreadRows: store.select((state) => state.unreadThreads),
    unreadThreads: store.select((state) => Object.keys(state.unreadThreads).length),
    areThreadsStale: store.select((state) => state.areThreadsStale),
    lists: store.select((state) => state.lists),
    draftRows: computed(() =>
      draftRows({ drafts: drafts.value, personal: personal.value, channels: channels.value })
    ),
    unread,
    me,
    users,
    presence,
    place,
    openId,
    lines,
    drafts,
    sharedDrafts: store.select((state) => state.personal.drafts),
    uploads,
    entersSend: store.select((state) => state.personal.preferences?.enter_sends ?? true),
    sidebar,
    sections,
    channel,
    channels: namedChannels,
    preferences: store.select((state) => state.personal.preferences),
    draftCount: store.select((state) => unopenedDrafts(state)),
    myPeople: computed(() => partners(lines.value, me.value.id)),
    nextStatusEnd: store.select(nextStatusEnd),
    saved: store.select((state) => state.personal.saved),
    threads: store.select((state) => state.personal.threads),
    marks: store.select((state) => state.marks),
    customEmoji: store.select((state) => state.customEmoji),
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
