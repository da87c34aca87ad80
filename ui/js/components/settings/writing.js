import { html } from "lit";
import { t } from "../../lib/i18n.js";
import { SignalElement } from "../../lib/signal_element.js";
import { radios } from "./fields.js";

/** How one writes, and where one begins to read. */
class WritingSettings extends SignalElement {
  render() {
    const { settings, view } = this.app;
    const wanted = view.preferences.value;
    return html`
      ${radios({
        name: "setting-enter",
        legend: t("When I press Enter"),
        chosen: wanted ? (wanted.enter_sends ? "send" : "line") : undefined,
        choices: [
          { value: "send", label: t("Send the message"), hint: t("Shift and Enter: a new line") },
          {
            value: "line",
            label: t("Begin a new line"),
            hint: t("Control (or Command) and Enter: send"),
          },
        ],
        choose: (does) => settings.change({ enter_sends: does === "send" }),
      })}
      ${radios({
        name: "setting-opens",
        legend: t("When I open a channel"),
        chosen: wanted?.opens_at,
        choices: [
          { value: "unread", label: t("Show where I stopped reading") },
          { value: "newest", label: t("Show the newest message") },
        ],
        choose: (opens_at) => settings.change({ opens_at }),
      })}
    `;
  }
}

customElements.define("parley-settings-writing", WritingSettings);
