/**
 * The way from a name, a picture or a mention to somebody's card, wherever it stands.
 *
 * @import { App } from "../app.js"
 */

const LINK = "[data-person-id], .mention[data-user-id]";

/** @param {App} app */
export function followPersonLinks(app) {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    const link = linkOf(event);
    // Who marks text is not asking who somebody is.
    if (!link || !getSelection()?.isCollapsed) return;
    app.people.show(personOf(link));
  });
  document.addEventListener("keydown", (event) => {
    const link = event.target instanceof Element && event.target.matches(LINK)
      ? event.target
      : null;
    if (!link || link instanceof HTMLButtonElement || event.defaultPrevented) return;
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    app.people.show(personOf(/** @type {HTMLElement} */ (link)));
  });
  // The mentions of the message that the keys are on: in all of them Tab would never arrive.
  document.addEventListener("focusin", ({ target }) => {
    const message = target instanceof Element ? target.closest(".message") : null;
    for (const mention of message?.querySelectorAll(".mention[data-user-id]") ?? []) {
      mention.setAttribute("role", "button");
      mention.setAttribute("tabindex", "0");
    }
  });
}

/** @param {MouseEvent} event */
function linkOf({ target }) {
  return target instanceof Element
    ? /** @type {HTMLElement | null} */ (target.closest(LINK))
    : null;
}

/** @param {HTMLElement} link */
function personOf({ dataset }) {
  return dataset.personId ?? dataset.userId ?? "";
}
