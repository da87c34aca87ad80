/**
 * The browser's storage under one prefix. It can be forbidden or full: then nothing is remembered, and
 * nothing else breaks.
 */
export class Shelf {
  #prefix;
  #open;

  /**
   * @param {string} prefix
   * @param {() => Storage} open which storage; that it is asked for can already be refused
   */
  constructor(prefix, open = () => localStorage) {
    this.#prefix = prefix;
    this.#open = open;
  }

  /** @returns {[string, string][]} */
  entries() {
    try {
      const storage = this.#open();
      return Object.keys(storage).filter((key) => key.startsWith(this.#prefix)).map(
        (key) => [key.slice(this.#prefix.length), storage.getItem(key) ?? ""],
      );
    } catch {
      return [];
    }
  }

  /** @param {string} name */
  get(name) {
    try {
      return this.#open().getItem(this.#prefix + name);
    } catch {
      return null;
    }
  }

  /**
   * @param {string} name
   * @param {string | null} value null removes it
   */
  set(name, value) {
    try {
      if (value === null) this.#open().removeItem(this.#prefix + name);
      else this.#open().setItem(this.#prefix + name, value);
    } catch {
      // See above.
    }
  }

  /** @param {(name: string, value: string | null) => void} onChange in another tab */
  follow(onChange) {
    addEventListener("storage", ({ key, newValue }) => {
      if (key?.startsWith(this.#prefix)) onChange(key.slice(this.#prefix.length), newValue);
    });
  }
}
