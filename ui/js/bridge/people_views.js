/** Who is connected: the list, one connection, and one person. */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { BRIDGE } from "./bridge.generated.js";
import { openDirect } from "./direct.js";
import {
  connectionTable,
  personLink,
  presenceMark,
  roleWord,
  silentNote,
  tile,
  waiting,
} from "./pieces.js";
import { agent, count, duration } from "./words.js";

/** @import { ConnectionSeen, ConnectionsSeen, ConnectionView, PersonSeen, PersonView } from "../protocol.generated.d.ts" */
/** @import { Deck } from "./deck.js" */

/**
 * @param {Deck} deck
 * @param {ConnectionsSeen} seen
 */
export function connectionsView(deck, seen) {
  const { place } = deck;
  const { connections, total, silent } = seen;
  return html`
    ${place.instance
      ? html`<p class="bridge-note">${
        t("On {name} alone.", { name: place.instance })
      } <a href="${place.bridge}connections/">${
        t(
          "Show all processes",
        )
      }</a></p>`
      : nothing}
    ${silentNote(silent)}
    ${connections.length === 0
      ? html`<p>${t("Nobody is connected.")}</p>`
      : connectionTable(place, connections, deck.now.peek(), { withPeople: true })}
    ${total > connections.length
      ? html`<p class="bridge-note">${
        t("The newest {shown} of {total}.", {
          shown: count(connections.length),
          total: count(total),
        })
      } <a href="${place.admin}accounts/user/">${t("Find somebody")}</a></p>`
      : nothing}
  `;
}

/**
 * @param {Deck} deck
 * @param {ConnectionSeen} seen
 */
export function connectionView(deck, seen) {
  const one = seen.connection;
  if (!one) {
    return html`
      <p class="bridge-note"
        data-tone="warn">${t(
          "This connection is closed, or its process does not answer.",
        )} <a href="${deck.place.bridge}connections/">${t("All connections")}</a></p>
    `;
  }
  const now = deck.now.peek();
  return html`
    <h2>${personLink(deck.place, one.user)} <span class="fine">@${one.user.username}</span></h2>
    <p class="acts">
      ${one.user.id === deck.place.user_id
        ? nothing
        : button(t("Message"), () => openDirect(deck, one.user))}
      ${button(t("Disconnect"), () => disconnect(deck, one))}
      ${button(
        one.kind === "bot" ? t("Revoke the token") : t("End the session"),
        () => endSession(deck, one),
        "danger",
      )}
      ${accessButton(deck, one.user)}
    </p>
    <dl class="tiles">
      ${tile(t("Program"), agent(one.agent), one.agent)}
      ${tile(t("Address"), html`<bdi>${one.address || "–"}</bdi>`)}
      ${tile(t("Process"), one.instance)}
      ${tile(t("Came in with"), one.kind === "bot" ? t("a token") : t("a browser's session"))}
      ${tile(t("Since"), duration(now - Date.parse(one.opened_at)), when(one.opened_at))}
      ${tile(t("Last heard"), duration(now - Date.parse(one.heard_at)), when(one.heard_at))}
      ${tile(t("Waiting"), waiting(one), one.is_lagging ? t("reads too slowly") : nothing)}
      ${tile(t("Streams"), count(one.streams))}
    </dl>
    <h2>${t("What it hears")}</h2>
    <ul class="streams">
      ${seen.streams.map(({ stream, name }) =>
        html`<li>${
          stream.startsWith("c:")
            ? html`<a href="${deck.place.bridge}channels/${
              stream.slice(2)
            }/"><code>${stream}</code> ${name && `#${name}`}</a>`
            : html`<code>${stream}</code>`
        }</li>`
      )}
    </ul>
  `;
}

/**
 * @param {Deck} deck
 * @param {PersonSeen} seen
 */
export function personView(deck, seen) {
  const { user, connections, total } = seen;
  const { place } = deck;
  return html`
    <h2>${user.display_name} <span class="fine">@${user.username}</span> ${presenceMark(
      seen.presence,
    )}
      ${user.is_active
        ? nothing
        : html`<span class="mark" data-state="lost">${t("deactivated")}</span>`}</h2>
    <p class="acts">
      ${user.id === place.user_id ? nothing : button(t("Message"), () => openDirect(deck, user))}
      <a class="button" href="${place.admin}accounts/user/${user.id}/change/">${t("Account")}</a>
      ${accessButton(deck, user)}
    </p>
    <dl class="tiles">
      ${tile(t("Role"), user.is_bot ? t("Bot") : roleWord(user.role))}
      ${tile(t("Connections"), count(total))}
      ${tile(t("Browsers signed in"), count(seen.sessions))}
      ${tile(t("Tokens"), count(seen.tokens))}
      ${tile(t("Last signed in"), seen.last_login_at ? when(seen.last_login_at) : t("never"))}
    </dl>
    ${silentNote(seen.silent)}
    <h2>${t("Devices")}</h2>
    ${connections.length === 0
      ? html`<p>${t("Not connected.")}</p>`
      : connectionTable(place, connections, deck.now.peek(), { withPeople: false })}
  `;
}

/** @param {string} at */
function when(at) {
  return new Date(at).toLocaleString(document.documentElement.lang || undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  });
}

/**
 * @param {string} words
 * @param {() => void} act
 * @param {string} [tone]
 */
function button(words, act, tone = "") {
  return html`<button type="button" class="button" data-tone=${
    tone || nothing
  } @click=${act}>${words}</button>`;
}

/**
 * @param {Deck} deck
 * @param {PersonView} user
 */
function accessButton(deck, user) {
  if (user.id === deck.place.user_id) return nothing;
  return user.is_active
    ? button(t("Deactivate"), () => deactivate(deck, user), "danger")
    : button(t("Give access back"), () => reactivate(deck, user));
}

/**
 * @param {Deck} deck
 * @param {ConnectionView} one
 */
async function disconnect(deck, one) {
  await deck.act(
    { type: BRIDGE.CONNECTION_CLOSE, connection_id: one.id },
    t("Disconnected. The program may come back at once."),
  );
}

/**
 * @param {Deck} deck
 * @param {ConnectionView} one
 */
async function endSession(deck, one) {
  const isBot = one.kind === "bot";
  const isSure = await deck.ask({
    title: isBot ? t("Revoke this token?") : t("End this session?"),
    text: isBot
      ? t("Every program that uses it is cut off on all processes, and needs another one.")
      : t("{name} is signed out in this browser, in all its tabs.", {
        name: one.user.display_name,
      }),
    action: isBot ? t("Revoke") : t("End the session"),
  });
  if (!isSure) return;
  await deck.act(
    { type: BRIDGE.SESSION_END, connection_id: one.id },
    isBot ? t("The token is revoked.") : t("The session has ended."),
  );
}

/**
 * @param {Deck} deck
 * @param {PersonView} user
 */
async function deactivate(deck, user) {
  const isSure = await deck.ask({
    title: t("Deactivate {name}?", { name: user.display_name }),
    text: t(
      "All sessions, tokens and open sockets end at once. What {name} wrote stays.",
      { name: user.display_name },
    ),
    action: t("Deactivate"),
  });
  if (!isSure) return;
  await deck.act(
    { type: BRIDGE.PERSON_SET_ACCESS, user_id: user.id, is_active: false },
    t("{name} has no access any more.", { name: user.display_name }),
  );
}

/**
 * @param {Deck} deck
 * @param {PersonView} user
 */
async function reactivate(deck, user) {
  await deck.act(
    { type: BRIDGE.PERSON_SET_ACCESS, user_id: user.id, is_active: true },
    t("{name} has access again.", { name: user.display_name }),
  );
}
