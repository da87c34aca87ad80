/** The tabs of one person in one browser: which of them speaks, and what they look at. */
export class Crowd {
  #channel;
  #tabId = crypto.randomUUID();
  /** @type {Map<string, string[]>} tab → the conversations that somebody looks at there */
  #looks = new Map();

  /** @param {string} ownerId */
  constructor(ownerId) {
    // Without locks each tab speaks for itself; whoever has no locks has no notifications either.
    this.isLeader = !("locks" in navigator);
    if (!this.isLeader) this.#becomeLeader(`parley.leader.${ownerId}`);
    this.#channel = new BroadcastChannel(`parley.tabs.${ownerId}`);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#channel.postMessage({ kind: "hello", tabId: this.#tabId });
    addEventListener("pagehide", () => this.look([]));
  }

  /** @param {string[]} places what is in view in this tab, while it has the focus */
  look(places) {
    const before = this.#looks.get(this.#tabId) ?? [];
    if (before.join() === places.join()) return;
    this.#looks.set(this.#tabId, places);
    this.#say();
  }

  /** @param {string} place */
  isLookingAt(place) {
    return [...this.#looks.values()].some((places) => places.includes(place));
  }

  /** @param {{ kind: string, tabId: string, places?: string[] }} said */
  #hear({ kind, tabId, places }) {
    if (kind === "hello") this.#say();
    else if (places) this.#looks.set(tabId, places);
  }

  #say() {
    this.#channel.postMessage({
      kind: "look",
      tabId: this.#tabId,
      places: this.#looks.get(this.#tabId) ?? [],
    });
  }

  /** @param {string} name */
  #becomeLeader(name) {
    navigator.locks.request(name, () => {
      this.isLeader = true;
      // Until the page ends.
      return new Promise(() => {});
    }).catch(() => {});
  }
}
