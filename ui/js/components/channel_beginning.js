/**
 * What one can do where a channel begins: say what it is about, and bring people in.
 *
 * @import { App } from "../app.js"
 * @import { ChannelView } from "../protocol.generated.d.ts"
 */

import { html, nothing } from "lit";
import { t } from "../lib/i18n.js";
import { canDescribe, isWorkspaceAdmin } from "../store/selectors.js";
import { icon } from "./icon.js";

/**
 * @param {App} app
 * @param {ChannelView} channel
 */
export function channelBeginning({ ui, view }, channel) {
  const me = view.me.value;
  if (channel.kind === "dm" || channel.membership === null || channel.archived_at !== null) {
    return nothing;
  }
  const isLonely = isWorkspaceAdmin({ me }) && channel.is_default && channel.member_count === 1;
  if (isLonely) return firstSteps({ ui });
  return html`
    <p class="log-start-acts">
      ${canDescribe(channel, me)
        ? html`
          <button
            type="button"
            class="button"
            data-size="small"
            @click=${() => ui.panel.value = { kind: "details" }}
          >${icon("pencil")}${channel.topic ? t("Edit topic") : t("Add a topic")}</button>
        `
        : nothing} ${me.role === "guest" ? nothing : html`
        <button
          type="button"
          class="button"
          data-size="small"
          @click=${() => ui.openDialog("add", channel.id)}
        >${icon("user-plus")}${t("Add people")}</button>
      `}
    </p>
  `;
}

/**
 * Somebody has just made the workspace and is alone in it.
 *
 * @param {Pick<App, "ui">} app
 */
function firstSteps({ ui }) {
  const steps = [
    {
      picture: "user-plus",
      label: t("Invite people"),
      hint: t("Make a link and send it to those you work with."),
      run: () => ui.openDialog("workspace", "invites"),
    },
    {
      picture: "hash",
      label: t("Create a channel"),
      hint: t("One for each team or subject, so that everyone finds what is theirs."),
      run: () => ui.openDialog("create"),
    },
    {
      picture: "settings",
      label: t("Workspace settings"),
      hint: t("Its name, who may come in, and who may call everyone."),
      run: () => ui.openDialog("workspace", "settings"),
    },
  ];
  return html`
    <ul class="first-steps" aria-label=${t("First steps")}>${steps.map((step) =>
      html`
        <li><button type="button" @click=${step.run}>${icon(step.picture)}<span><b>${step
          .label}</b><span class="hint">${step.hint}</span></span></button></li>
      `
    )}</ul>
  `;
}
