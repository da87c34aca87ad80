import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { initials } from "../lib/text.js";

/**
 * @import { User } from "../protocol.generated.d.ts"
 * @import { PresenceState } from "../store/state.js"
 */

const TINTS = 8;

/** The squares that the server has of a picture. */
const PICTURE_SIZES = [48, 96, 256];

/** @type {Record<PresenceState, string>} each in the reader's language at the time it is read */
export const PRESENCE_LABEL = {
  get online() {
    return t("Online");
  },
  get away() {
    return t("Away");
  },
  get dnd() {
    return t("Do not disturb");
  },
  get offline() {
    return t("Offline");
  },
  get unknown() {
    return t("Presence unknown");
  },
};

/**
 * Decoration: the name always stands beside it. The initials stay until the picture is there, and
 * for good when it does not come.
 *
 * @param {User | undefined} user
 * @param {PresenceState} [presence]
 * @param {{ size?: number, isLink?: boolean }} [options] size: how large it is shown, in pixels;
 *   isLink: a click opens the person's card
 */
export function avatar(user, presence, { size = 36, isLink = false } = {}) {
  const tint = user ? Number(BigInt(user.id) % BigInt(TINTS)) : 0;
  return html`
    <span
      class="avatar"
      data-tint=${tint}
      data-person-id=${isLink && user ? user.id : nothing}
      aria-hidden="true"
    >${initials(user?.display_name || user?.username || "")}${user?.avatar
      ? picture(user.id, user.avatar, size)
      : nothing}${presence === undefined ? nothing : presenceDot(presence)}</span>
  `;
}

/**
 * Its shape says as much as its colour.
 *
 * @param {PresenceState} presence
 */
export function presenceDot(presence) {
  return html`<i class="presence-dot" data-presence=${presence}></i>`;
}

/**
 * @param {string} userId
 * @param {string} version
 * @param {number} size
 */
function picture(userId, version, size) {
  const source = (/** @type {number} */ pixels) =>
    `/api/v1/users/${userId}/avatar?v=${version}&size=${
      PICTURE_SIZES.find((one) => one >= pixels) ?? PICTURE_SIZES.at(-1)
    }`;
  return html`
    <img
      src=${source(size)}
      srcset="${source(size)} 1x, ${source(size * 2)} 2x"
      width=${size}
      height=${size}
      alt=""
      loading="lazy"
      decoding="async"
      draggable="false"
      @load=${(/** @type {Event} */ event) => isThere(event, true)}
      @error=${(/** @type {Event} */ event) => isThere(event, false)}
    />
  `;
}

/**
 * @param {Event} event
 * @param {boolean} isLoaded
 */
function isThere(event, isLoaded) {
  /** @type {HTMLElement} */ (event.currentTarget).toggleAttribute("data-loaded", isLoaded);
}
