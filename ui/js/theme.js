// Loaded in the head before anything is painted, so that a chosen look never flashes.
// Without a choice the page follows the system (`color-scheme: light dark`).

import { readLooks, showLooks } from "./lib/looks.js";
import { readTheme, showTheme } from "./lib/theme.js";

showTheme(readTheme());
showLooks(readLooks());
