import { openDB } from "idb";

/** @import { DBSchema, IDBPDatabase } from "idb" */

const DATABASE = "parley";
const ROWS = "timelines";

/**
 * What stands in the archive: whose it is, of which channel, and what only its owner understands.
 *
 * @typedef {object} Row
 * @property {string} owner
 * @property {string} channel_id
 */

/** @typedef {DBSchema & { timelines: { key: [string, string], value: Row } }} Schema */

/**
 * Rows in IndexedDB: local storage would be too small for them, and would hold up the page.
 *
 * It can be forbidden, full or broken: then everything here rejects, and whoever calls lives
 * without.
 */
export class Archive {
  /** @type {Promise<IDBPDatabase<Schema>> | null} */
  #opened = null;

  /** @returns {Promise<unknown[]>} */
  async read() {
    const database = await this.#open();
    return database.getAll(ROWS);
  }

  /**
   * All of it or nothing.
   *
   * @param {{ put: Row[], drop: { owner: string, channel_id: string }[] }} changes
   */
  async write({ put, drop }) {
    const database = await this.#open();
    const transaction = database.transaction(ROWS, "readwrite");
    for (const row of put) transaction.store.put(row);
    for (const { owner, channel_id } of drop) transaction.store.delete([owner, channel_id]);
    // Not left to the end of the turn: the page may be on its way out.
    transaction.commit();
    await transaction.done;
  }

  async clear() {
    const database = await this.#open();
    await database.clear(ROWS);
  }

  #open() {
    this.#opened ??= openDB(DATABASE, 1, {
      upgrade: (database) => {
        database.createObjectStore(ROWS, { keyPath: ["owner", "channel_id"] });
      },
      // A newer page must not wait for this one.
      blocking: (_current, _blocked, event) => {
        /** @type {IDBDatabase} */ (event.target).close();
        this.#opened = null;
      },
      terminated: () => {
        this.#opened = null;
      },
    });
    return this.#opened;
  }
}
