/**
 * What happened between messages, in a quiet line.
 *
 * @import { Notice, User } from "../protocol.generated.d.ts"
 */

import { html } from "lit";
import { t } from "../lib/i18n.js";
import { enumerate } from "../lib/names.js";
import { fullTime, shortTime } from "../lib/time.js";
import { displayName } from "../store/selectors.js";
import { icon } from "./icon.js";

/** So many are named; the rest is counted. */
const NAMED = 2;

/** @type {Record<Notice["kind"], string>} */
const ICONS = {
  created: "hash",
  joined: "log-in",
  added: "user-plus",
  left: "log-out",
  removed: "user-minus",
  renamed: "pencil",
  topic: "pencil",
  description: "pencil",
  kind: "lock",
  posting: "megaphone",
  archived: "archive",
  unarchived: "archive",
  pinned: "pin",
};

/**
 * @param {Notice[]} notices of one kind, several where they are told as one
 * @param {Record<string, User>} users
 */
export function noticeRow(notices, users) {
  const first = /** @type {Notice} */ (notices[0]);
  return html`
    <p class="log-notice">
      <span class="log-notice-icon">${icon(ICONS[first.kind] ?? "info")}</span>
      <span>${noticeText(notices, users)}</span>
      <time datetime=${first.at} title=${fullTime(first.at)}>${shortTime(first.at)}</time>
    </p>
  `;
}

/**
 * @param {Notice[]} notices
 * @param {Record<string, User>} users
 */
export function noticeText(notices, users) {
  const first = /** @type {Notice} */ (notices[0]);
  const { kind, text } = first;
  const actor = nameOf(first.actor_id, users);
  const actors = everyone(notices.map(({ actor_id }) => actor_id), users);
  const subjects = everyone(notices.map(({ subject_id }) => subject_id), users);
  switch (kind) {
    case "created":
      return t("{actor} created the channel", { actor });
    case "joined":
      return t("{actors} joined", { actors });
    case "left":
      return t("{actors} left", { actors });
    case "added":
      return t("{actor} added {subjects}", { actor, subjects });
    case "removed":
      return t("{actor} removed {subjects}", { actor, subjects });
    case "renamed":
      return t("{actor} renamed the channel to {text}", { actor, text });
    case "topic":
      return text
        ? t("{actor} set the topic: {text}", { actor, text })
        : t("{actor} took the topic away", { actor });
    case "description":
      return text
        ? t("{actor} described the channel: {text}", { actor, text })
        : t("{actor} took the description away", { actor });
    case "kind":
      return text === "private"
        ? t("{actor} made the channel private", { actor })
        : t("{actor} made the channel public", { actor });
    case "posting":
      return text === "moderators"
        ? t("{actor} lets only moderators write here", { actor })
        : t("{actor} lets everyone write here", { actor });
    case "archived":
      return t("{actor} archived the channel", { actor });
    case "unarchived":
      return t("{actor} brought the channel back from the archive", { actor });
    case "pinned":
      return t("{actor} pinned a message", { actor });
  }
}

/**
 * @param {(string | null)[]} ids
 * @param {Record<string, User>} users
 */
function everyone(ids, users) {
  const all = [...new Set(ids)];
  return enumerate(all.slice(0, NAMED).map((id) => nameOf(id, users)), all.length);
}

/**
 * @param {string | null} userId
 * @param {Record<string, User>} users
 */
function nameOf(userId, users) {
  return userId === null ? t("Somebody") : displayName(users, userId);
}
