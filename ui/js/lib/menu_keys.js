/**
 * The keys inside a menu: arrows go round, Home and End to its ends, Tab leaves it.
 *
 * @param {KeyboardEvent} event on the menu, which is a popover
 */
export function onMenuKey(event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  const items = /** @type {HTMLElement[]} */ ([
    ...menu.querySelectorAll('[role^="menuitem"]:not([disabled])'),
  ]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (event.key === "Tab") {
    menu.hidePopover();
  } else if (next !== undefined) {
    event.preventDefault();
    items[next]?.focus();
  }
}
