/** Writing to somebody: in the workspace, where people write. */

import { t } from "../lib/i18n.js";

/** @import { PersonView } from "../protocol.generated.d.ts" */
/** @import { Deck } from "./deck.js" */

/**
 * Open the conversation with somebody in another tab.
 *
 * @param {Deck} deck
 * @param {PersonView} user
 */
export async function openDirect(deck, user) {
  const { place } = deck;
  // At once, while the click still counts as one.
  const tab = globalThis.open("", "_blank");
  const answer = await fetch("/api/v1/dms", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": place.csrf_token },
    body: JSON.stringify({ user_ids: [user.id] }),
  }).catch(() => null);
  if (tab && answer?.ok) {
    const { id } = await answer.json();
    tab.location.replace(`${place.chat}channels/${id}`);
    return;
  }
  tab?.close();
  deck.say("bad", t("The conversation could not be opened."));
}
