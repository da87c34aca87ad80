/**
 * What opens with a click or a key: it comes in one piece, soon after the page.
 *
 * One piece, not thirty: scripts that several pieces share would each become a file of their own, and the
 * page would wait for all of them.
 */

import "../components/add_dialog.js";
import "../components/browse_dialog.js";
import "../components/commands_dialog.js";
import "../components/confirm_dialog.js";
import "../components/create_dialog.js";
import "../components/date_menu.js";
import "../components/details_panel.js";
import "../components/direct_dialog.js";
import "../components/drafts_page.js";
import "../components/drop_overlay.js";
import "../components/emoji_picker.js";
import "../components/files_panel.js";
import "../components/history_dialog.js";
import "../components/lightbox_dialog.js";
import "../components/mentions_page.js";
import "../components/message_editor.js";
import "../components/message_menu.js";
import "../components/people_panel.js";
import "../components/person_card.js";
import "../components/pins_panel.js";
import "../components/saved_page.js";
import "../components/search_page.js";
import "../components/section_dialog.js";
import "../components/shortcuts_dialog.js";
import "../components/side_menu.js";
import "../components/status_dialog.js";
import "../components/switcher_dialog.js";
import "../components/thread_panel.js";
import "../components/threads_page.js";
import "../components/unreads_page.js";
import "../components/user_menu_body.js";

export * as commands from "../acts/commands.js";
export * as formatting from "../components/format_bar.js";
export { Completion } from "../components/completion.js";
export { uploadTray } from "../components/upload_tray.js";
export { showFavicon } from "../lib/favicon.js";
export { Notifier } from "../session/notifier.js";
export { markdownOf } from "../lib/rich_text.js";
export * as uploads from "../rest/uploads.js";
