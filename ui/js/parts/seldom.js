/** What few people open, and not every day. */

import "../components/settings_dialog.js";
import "../components/workspace_dialog.js";
