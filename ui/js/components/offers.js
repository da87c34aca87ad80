/**
 * What is offered for a name that is being written.
 *
 * @import { App } from "../app.js"
 * @import { Beginning } from "../lib/completing.js"
 * @import { EmojiGroup } from "../lib/emoji.js"
 * @import { ChannelView } from "../protocol.generated.d.ts"
 */

import { signal } from "@preact/signals-core";
import { html } from "lit";
import { COMMANDS } from "../acts/commands.js";
import { emojiText, loadEmoji, ownEmoji, searchEmoji, withTone } from "../lib/emoji.js";
import { t, tn } from "../lib/i18n.js";
import { fold, isNameable, rankByName, rankPeople } from "../lib/naming.js";
import { mayCallEveryone } from "../store/writing.js";
import { avatar } from "./avatar.js";
import { channelIcon, icon } from "./icon.js";

/**
 * @typedef {object} Offer
 * @property {string} text what is written for it
 * @property {unknown} picture
 * @property {string} label
 * @property {string} note
 * @property {string} hint what one should know before; it is greyed then
 * @property {() => void} [onTake]
 */

const PEOPLE_MAX = 8;
const FEW = 4;
const EMOJI_MAX = 10;
const RECENT_AUTHORS = 20;

/** @type {import("@preact/signals-core").Signal<EmojiGroup[]>} */
const standardEmoji = signal([]);

/**
 * Called while rendering: what it reads is drawn again when it changes.
 *
 * @param {App} app
 * @param {Beginning} beginning
 * @returns {Offer[]}
 */
export function offersFor(app, { kind, query }) {
  const channel = app.view.channel.value;
  if (!channel) return [];
  switch (kind) {
    case "person":
      return peopleOffers(app, channel, query);
    case "channel":
      return channelOffers(app, query);
    case "emoji":
      return emojiOffers(app, query);
    case "command":
      return commandOffers(app, channel, query);
  }
}

/**
 * @param {App} app
 * @param {ChannelView} channel
 * @param {string} query
 * @returns {Offer[]}
 */
function peopleOffers(app, channel, query) {
  const { directory, view } = app;
  directory.need("groups", "broadMentions");
  app.loader.directory();
  directory.needMembers(channel.id);
  const users = view.users.value;
  const members = channel.kind === "dm"
    ? new Set(channel.user_ids)
    : directory.members.value[channel.id];
  const ranked = rankPeople({
    users: Object.values(users),
    memberIds: members ?? new Set(),
    recentIds: recentAuthors(app),
    query,
    meId: view.me.value.id,
    limit: PEOPLE_MAX,
  });
  const people = ranked.map(({ user, isMember }) => ({
    text: `@${user.username}`,
    picture: avatar(user, view.presence.value[user.id]),
    label: user.display_name || user.username,
    note: `@${user.username}`,
    hint: members && !isMember ? t("Not in this channel") : "",
  }));
  const groups = rankByName(directory.groups.value, ({ handle }) => handle, query, FEW)
    .map(({ handle, name, user_ids }) => ({
      text: `@${handle}`,
      picture: icon("users"),
      label: name || handle,
      note: `@${handle} · ${tn("one person", "{count} people", user_ids.length)}`,
      hint: "",
    }));
  return [...people, ...groups, ...broadOffers(app, channel, query)];
}

/**
 * @param {App} app
 * @param {ChannelView} channel
 * @param {string} query
 * @returns {Offer[]}
 */
function broadOffers(app, channel, query) {
  const allowed = app.directory.broadMentions.value;
  if (!mayCallEveryone(channel, app.view.me.value, allowed)) return [];
  const count = channel.member_count;
  const words = [
    {
      word: "channel",
      label: t("Everyone in this channel"),
      note: tn("@channel · one person", "@channel · {count} people", count),
    },
    {
      word: "here",
      label: t("Everyone who is here now"),
      note: tn("@here · of one person", "@here · of {count} people", count),
    },
  ];
  return words.filter(({ word }) => word.startsWith(fold(query))).map(({ word, label, note }) => ({
    text: `@${word}`,
    picture: icon("megaphone"),
    label,
    note,
    hint: "",
  }));
}

/**
 * @param {App} app
 * @returns {string[]} who spoke here last
 */
function recentAuthors(app) {
  const messages = app.view.timeline.value?.messages ?? [];
  const ids = new Set(messages.slice(-100).map(({ author_id }) => author_id).reverse());
  return [...ids].slice(0, RECENT_AUTHORS);
}

/**
 * @param {App} app
 * @param {string} query
 * @returns {Offer[]}
 */
function channelOffers(app, query) {
  app.channels.loadJoinable();
  const mine = app.view.lines.value.map(({ channel }) => channel);
  const known = new Set(mine.map(({ id }) => id));
  const others = app.channels.joinable.value.filter(({ id }) => !known.has(id));
  return rankByName([...mine, ...others].filter(isNameable), ({ name }) => name, query, PEOPLE_MAX)
    .map((channel) => ({
      text: `#${channel.name}`,
      picture: channelIcon(channel),
      label: channel.name,
      note: channel.topic,
      hint: "",
    }));
}

/**
 * @param {App} app
 * @param {string} query
 * @returns {Offer[]}
 */
function emojiOffers(app, query) {
  if (standardEmoji.value.length === 0) {
    // Without a connection one writes the name.
    loadEmoji().then((groups) => standardEmoji.value = groups, () => {});
  }
  const all = [
    ...Object.values(app.view.customEmoji.value).map(ownEmoji),
    ...standardEmoji.value.flatMap(({ emoji }) => emoji),
  ];
  const recent = app.emojiUse.top(EMOJI_MAX * 2);
  const { tone } = app.emojiUse;
  return searchEmoji(all, { query, recent, limit: EMOJI_MAX }).map((emoji) => ({
    text: emojiText(withTone(emoji, tone)),
    picture: emoji.picture
      ? html`<img class="emoji" src=${emoji.picture} alt="">`
      : withTone(emoji, tone),
    label: `:${emoji.names[0]}:`,
    note: "",
    hint: "",
    onTake: () => app.emojiUse.used(withTone(emoji, tone)),
  }));
}

/**
 * @param {App} app
 * @param {ChannelView} channel
 * @param {string} query
 * @returns {Offer[]}
 */
function commandOffers(app, channel, query) {
  const me = app.view.me.value;
  return COMMANDS.filter(({ name, isPossible }) =>
    name.startsWith(query) && isPossible(channel, me)
  ).map(({ name, takes, about }) => ({
    text: `/${name}`,
    picture: icon("slash"),
    label: `/${name}${takes ? ` ${takes}` : ""}`,
    note: about(),
    hint: "",
  }));
}
