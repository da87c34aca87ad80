import { html } from "lit";
import { SignalElement } from "../lib/signal_element.js";
import { typingSentence } from "../lib/text.js";

/** Who is typing. Its height is always there, so that the messages above do not jump. */
class TypingLine extends SignalElement {
  render() {
    const names = this.app.view.typists.value.split("\n").filter(Boolean);
    return html`<p class="typing" aria-live="off">${
      names.length > 0
        ? html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>`
        : ""
    }${typingSentence(names)}</p>`;
  }
}

customElements.define("parley-typing-line", TypingLine);
