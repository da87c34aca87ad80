/**
 * What a thread's root shows of its replies.
 *
 * @import { Message, ThreadState, User } from "../protocol.generated.d.ts"
 */

import { html, nothing } from "lit";
import { t, tn } from "../lib/i18n.js";
import { ago, fullTime } from "../lib/time.js";
import { pathOf, threadRoute } from "../router.js";
import { avatar } from "./avatar.js";

/** Faces of those who replied last. */
export const FACES = 3;

/**
 * @param {Message} root
 * @param {{ users: Record<string, User>, state: ThreadState | undefined, now: number }} context
 */
export function threadLine(root, { users, state, now }) {
  const { thread } = root;
  if (thread === null) return nothing;
  const { reply_count, last_reply_at, last_reply_seq, replier_ids } = thread;
  const isUnread = (state?.is_following ?? false) && last_reply_seq > (state?.read_seq ?? 0);
  return html`
    <a
      class="thread-line"
      href=${pathOf(threadRoute(root.channel_id, root.id))}
      ?data-unread=${isUnread}
    >
      <span class="thread-faces">${replier_ids.slice(0, FACES).map((userId) =>
        avatar(users[userId])
      )}</span>
      <b>${tn("{count} reply", "{count} replies", reply_count)}</b>
      ${isUnread ? html`<span class="thread-new">${t("New")}</span>` : nothing}
      ${last_reply_at === null ? nothing : html`
        <time
          datetime=${last_reply_at}
          title=${fullTime(last_reply_at)}
        >${t("last reply {when}", { when: ago(last_reply_at, now) })}</time>
      `}
    </a>
  `;
}
