/** @typedef {"system" | "light" | "dark"} Theme */

const STORAGE_KEY = "parley.theme";

/** @returns {Theme} */
export function readTheme() {
  try {
    const theme = localStorage.getItem(STORAGE_KEY);
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    // Storage can be forbidden: then there is nothing to remember.
    return "system";
  }
}

/** @param {Theme} theme */
export function showTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  showBar(theme);
}

/**
 * The colour that the system gives to the frame around the page.
 *
 * @param {Theme} theme
 */
function showBar(theme) {
  for (const bar of document.querySelectorAll("meta[name=theme-color]")) {
    if (!(bar instanceof HTMLMetaElement)) continue;
    const own = bar.dataset.theme;
    if (theme === "system") bar.media = `(prefers-color-scheme: ${own})`;
    else bar.media = own === theme ? "all" : "not all";
  }
}

/** @param {Theme} theme */
export function chooseTheme(theme) {
  showTheme(theme);
  try {
    if (theme === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // The choice then lasts until the page goes.
  }
}

/**
 * Follow a choice made in another tab.
 *
 * @param {(theme: Theme) => void} [onChange]
 */
export function followThemeOfOtherTabs(onChange) {
  addEventListener("storage", (event) => {
    if (event.key !== STORAGE_KEY && event.key !== null) return;
    showTheme(readTheme());
    onChange?.(readTheme());
  });
}
