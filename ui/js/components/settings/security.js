import { html } from "lit";
import { t } from "../../lib/i18n.js";
import { SignalElement } from "../../lib/signal_element.js";
import { icon } from "../icon.js";

/** @returns {{ href: string, icon: string, label: string, hint: string }[]} */
const pages = () => [
  {
    href: "/account/sessions/",
    icon: "monitor",
    label: t("Where you are signed in"),
    hint: t("See every browser, and sign out those that you do not know."),
  },
  {
    href: "/account/password/change/",
    icon: "lock",
    label: t("Password"),
    hint: t("Choose another one."),
  },
  {
    href: "/account/2fa/",
    icon: "shield",
    label: t("Second factor and passkeys"),
    hint: t("An app with codes, recovery codes, a passkey."),
  },
  {
    href: "/account/email/",
    icon: "at-sign",
    label: t("E-mail address"),
    hint: t("Where a forgotten password is sent."),
  },
];

/** The way to the pages on which one proves who one is. */
class SecuritySettings extends SignalElement {
  render() {
    return html`
      <p class="hint">${t("Signed in as {name}.", {
        name: this.app.view.me.value.username,
      })}</p>
      <ul class="settings-links">${pages().map((page) =>
        html`<li><a href=${page.href}>
          ${icon(page.icon)}
          <span><b>${page.label}</b><span class="hint">${page.hint}</span></span>
        </a></li>`
      )}</ul>
    `;
  }
}

customElements.define("parley-settings-security", SecuritySettings);
