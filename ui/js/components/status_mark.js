/** @import { User } from "../protocol.generated.d.ts" */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { momentLabel } from "../lib/time.js";
import { hasStatus, PLAIN_STATUS } from "../store/status.js";

/** What a custom emoji is called: any other is the character itself. */
const NAME = /^[a-z0-9_+-]{2,}$/;

/**
 * The emoji of somebody's status, beside their name. What it says stands in its title.
 *
 * @param {User | undefined} user
 */
export function statusMark(user) {
  if (!user || !hasStatus(user)) return nothing;
  const said = statusText(user);
  return html`<span class="status-mark" role="img" aria-label=${
    t("Status: {status}", {
      status: said,
    })
  } title=${said}>${statusEmoji(user)}</span>`;
}

/** @param {User} user */
export function statusEmoji({ status_emoji }) {
  if (!NAME.test(status_emoji)) return status_emoji || PLAIN_STATUS;
  return html`<img class="status-picture" src="/api/v1/emoji/${status_emoji}/image" alt="" />`;
}

/**
 * @param {User} user
 * @returns {string} "In a meeting, until 15:00"
 */
export function statusText({ status_emoji, status_text, status_until }) {
  const said = status_text || status_emoji;
  if (status_until === null) return said;
  return t("{status}, until {time}", {
    status: said,
    time: momentLabel(status_until, Date.now()),
  });
}
