/**
 * What can be written after a slash: one list, for completing, for `/help` and for doing it.
 *
 * @import { App } from "../app.js"
 * @import { ChannelView, OwnUser, User } from "../protocol.generated.d.ts"
 */

import { t } from "../lib/i18n.js";
import { channelRoute } from "../router.js";
import { sentence } from "../session/loader.js";
import { isModerator } from "../store/writing.js";

/**
 * @typedef {object} Order
 * @property {App} app
 * @property {ChannelView} channel
 * @property {string | null} threadId
 * @property {string} rest what follows the name
 */

/**
 * @typedef {object} Command
 * @property {string} name
 * @property {string} takes
 * @property {() => string} about
 * @property {(channel: ChannelView, me: OwnUser) => boolean} isPossible
 * @property {(order: Order) => Promise<string | null>} run null: done; else why not
 */

/** @type {Command[]} */
export const COMMANDS = [
  {
    name: "archive",
    takes: "",
    about: () => t("Archive this channel"),
    isPossible: (channel, me) => channel.kind !== "dm" && isModerator(channel, me),
    run: async ({ app, channel }) => {
      const isConfirmed = await app.ui.confirm({
        title: t("Archive {name}?", { name: channel.name }),
        text: t("It can still be read and searched. Nobody can write in it any more."),
        action: t("Archive"),
      });
      if (isConfirmed) await app.api.request("POST", `channels/${channel.id}/archive`, {});
      return null;
    },
  },
  {
    name: "dm",
    takes: "@name text",
    about: () => t("Write to somebody directly"),
    isPossible: () => true,
    run: async ({ app, rest }) => {
      const [handle = "", ...words] = rest.split(/\s+/);
      const user = await find(app, handle);
      if (!user) return unknown(handle);
      /** @type {ChannelView} */
      const channel = await app.api.request("POST", "dms", { user_ids: [user.id] });
      const text = words.join(" ");
      app.router.push(channelRoute(channel.id));
      if (text) app.messages.post({ channelId: channel.id, text });
      return null;
    },
  },
  {
    name: "help",
    takes: "",
    about: () => t("Show all commands"),
    isPossible: () => true,
    run: ({ app }) => {
      app.ui.openDialog("commands");
      return Promise.resolve(null);
    },
  },
  {
    name: "invite",
    takes: "@name",
    about: () => t("Add somebody to this channel"),
    isPossible: (channel) => channel.kind !== "dm",
    run: async ({ app, channel, rest }) => {
      const user = await find(app, rest);
      if (!user) return unknown(rest);
      await app.api.request("POST", `channels/${channel.id}/members`, { user_id: user.id });
      app.ui.say(t("{name} is in this channel now.", { name: user.display_name }));
      return null;
    },
  },
  {
    name: "leave",
    takes: "",
    about: () => t("Leave this channel"),
    isPossible: (channel) => channel.kind !== "dm",
    run: async ({ app, channel }) => {
      await app.channels.leave(channel);
      return null;
    },
  },
  {
    name: "mute",
    takes: "",
    about: () => t("Mute this channel, or hear it again"),
    isPossible: () => true,
    run: async ({ app, channel }) => {
      const is_muted = !channel.membership?.is_muted;
      await app.api.request("PATCH", `channels/${channel.id}/membership`, { is_muted });
      app.ui.say(is_muted ? t("Muted.") : t("No longer muted."));
      return null;
    },
  },
  {
    name: "shrug",
    takes: "text",
    about: () => t("Put ¯\\_(ツ)_/¯ after your text"),
    isPossible: () => true,
    run: ({ app, channel, threadId, rest }) => {
      // Escaped, or the underscores would be taken for emphasis.
      const text = `${rest} ¯\\\\\\_(ツ)\\_/¯`.trim();
      app.messages.post({ channelId: channel.id, threadId, text });
      return Promise.resolve(null);
    },
  },
  {
    name: "topic",
    takes: "text",
    about: () => t("Say what this channel is about"),
    isPossible: (channel) => channel.kind !== "dm",
    run: async ({ app, channel, rest }) => {
      await app.channels.change(channel.id, { topic: rest });
      return null;
    },
  },
];

/**
 * @param {string} text
 * @returns {{ command: Command | null, name: string, rest: string } | null} null: it is a text
 */
export function parseCommand(text) {
  const found = /^\/([a-z]+)(?:\s+([^]*))?$/.exec(text);
  if (!found) return null;
  const [, name = "", rest = ""] = found;
  const command = COMMANDS.find((one) => one.name === name) ?? null;
  return { command, name, rest: rest.trim() };
}

/**
 * Do what a text says when it is a command.
 *
 * @param {App} app
 * @param {{ channel: ChannelView, threadId: string | null, text: string }} sheet
 * @returns {Promise<"text" | "done" | "kept">} a text to be sent; done; or to be written anew
 */
export async function obey(app, { channel, threadId, text }) {
  const parsed = parseCommand(text);
  if (!parsed) return "text";
  const { command, name, rest } = parsed;
  if (!command) {
    const isText = await app.ui.confirm({
      title: t("There is no command /{name}", { name }),
      text: t("Shall it be sent as a text? /help shows what there is."),
      action: t("Send as text"),
      tone: "primary",
    });
    return isText ? "text" : "kept";
  }
  if (!command.isPossible(channel, app.store.state.me)) {
    app.ui.say(t("/{name} is not possible here.", { name }));
    return "kept";
  }
  try {
    const problem = await command.run({ app, channel, threadId, rest });
    if (problem === null) return "done";
    app.ui.say(problem);
  } catch (error) {
    app.ui.say(sentence(error));
  }
  return "kept";
}

/**
 * @param {App} app
 * @param {string} handle with or without the sign
 * @returns {Promise<User | null>}
 */
async function find(app, handle) {
  const username = handle.replace(/^@/, "").toLowerCase();
  await app.loader.directory();
  return Object.values(app.store.state.users).find((user) =>
    user.username.toLowerCase() === username
  ) ?? null;
}

/** @param {string} handle */
function unknown(handle) {
  return handle === ""
    ? t("Say whom you mean: @name.")
    : t("There is nobody called {name} here.", { name: handle });
}
