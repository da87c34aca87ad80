// Loaded in the head before anything is painted, so that a chosen theme never flashes.
// Without a choice the page follows the system (`color-scheme: light dark`).

import { readTheme, showTheme } from "./lib/theme.js";

showTheme(readTheme());
