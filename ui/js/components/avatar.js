import { html, nothing } from "lit";
import { initials } from "../lib/text.js";

/**
 * @import { User } from "../protocol.generated.d.ts"
 * @import { PresenceState } from "../store/state.js"
 */

const TINTS = 8;

/** @type {Record<PresenceState, string>} */
export const PRESENCE_LABEL = {
  online: "Online",
  away: "Away",
  dnd: "Do not disturb",
  offline: "Offline",
  unknown: "Presence unknown",
};

/**
 * Decoration: the name always stands beside it.
 *
 * @param {User | undefined} user
 * @param {PresenceState} [presence]
 */
export function avatar(user, presence) {
  const tint = user ? Number(BigInt(user.id) % BigInt(TINTS)) : 0;
  const dot = presence === undefined
    ? nothing
    : html`<i class="presence-dot" data-presence=${presence}></i>`;
  return html`<span class="avatar" data-tint=${tint} aria-hidden="true">${
    initials(user?.display_name || user?.username || "")
  }${dot}</span>`;
}
