import assert from "node:assert/strict";
import { RequestFailed } from "../../ui/js/api.js";
import { ERROR, LIMIT } from "../../ui/js/protocol.generated.js";
import { Uploader } from "../../ui/js/session/uploader.js";
import { Store } from "../../ui/js/store/store.js";
import { progressOf, readiness, uploadsAt } from "../../ui/js/store/uploads.js";
import { file, GENERAL, state } from "./builders.js";
import { FakeClock, settle } from "./fakes.js";

/**
 * @import { File as SentFile } from "../../ui/js/protocol.generated.d.ts"
 * @import { Sending } from "../../ui/js/rest/uploads.js"
 */

/** What goes to the server, and stays on its way until the test says how it ends. */
class FakeLine {
  /** @type {(Sending & { ends: (file: SentFile) => void, breaks: (error: Error) => void })[]} */
  sendings = [];

  /** @param {Sending} sending */
  send = (sending) =>
    new Promise((/** @type {(file: SentFile) => void} */ ends, breaks) => {
      this.sendings.push({ ...sending, ends, breaks });
      sending.signal.addEventListener("abort", () => breaks(new RequestFailed(0, {})));
    });

  get last() {
    const last = this.sendings.at(-1);
    assert.ok(last);
    return last;
  }
}

function begin() {
  const store = new Store(state());
  const clock = new FakeClock();
  clock.pass(1_000);
  const line = new FakeLine();
  const uploader = new Uploader({
    store,
    clock,
    csrfToken: "",
    send: line.send,
    largest: () => Promise.resolve(25_000_000),
  });
  const tray = () => uploadsAt(store.state, GENERAL);
  return { store, clock, line, uploader, tray };
}

/** @param {string} name */
function written(name) {
  return new File(["0123456789"], name);
}

Deno.test("a file goes to the server, says how far it is, and is taken with the message", async () => {
  const { line, uploader, tray, clock } = begin();
  uploader.add(GENERAL, [written("tide.txt")]);
  assert.equal(readiness(tray()), "busy");
  clock.pass(200);
  line.last.onProgress(5);
  assert.equal(progressOf(tray()), 0.5);
  line.last.ends(file("9"));
  await settle();
  assert.equal(readiness(tray()), "ready");
  assert.equal(uploader.isBusy, false);
  assert.deepEqual(uploader.take(GENERAL), [file("9")]);
  assert.deepEqual(tray(), []);
});

Deno.test("only so many go side by side, and the next when one is there", async () => {
  const { line, uploader } = begin();
  uploader.add(GENERAL, ["a", "b", "c", "d"].map(written));
  assert.equal(line.sendings.length, 3);
  line.sendings[0]?.ends(file("9"));
  await settle();
  assert.equal(line.sendings.length, 4);
});

Deno.test("a message carries so many files, and one is told of the others", () => {
  const { uploader, tray } = begin();
  const names = Array.from({ length: LIMIT.FILES_PER_MESSAGE + 2 }, (_, index) => `${index}`);
  assert.equal(uploader.add(GENERAL, names.map(written)), 2);
  assert.equal(tray().length, LIMIT.FILES_PER_MESSAGE);
});

Deno.test("what is cancelled stops and is gone", async () => {
  const { line, uploader, tray } = begin();
  uploader.add(GENERAL, [written("tide.txt")]);
  uploader.remove(GENERAL, tray()[0]?.id ?? "");
  await settle();
  assert.equal(line.last.signal.aborted, true);
  assert.deepEqual(tray(), []);
  assert.equal(uploader.isBusy, false);
});

Deno.test("a broken line is tried again by itself, and goes on from where it broke", async () => {
  const { line, uploader, tray, clock } = begin();
  uploader.add(GENERAL, [written("tide.txt")]);
  line.last.memory.address = "/api/v1/uploads/u1";
  line.last.breaks(new RequestFailed(0, {}));
  await settle();
  assert.equal(readiness(tray()), "busy");
  clock.pass(60_000);
  assert.equal(line.sendings.length, 2);
  assert.equal(line.last.memory.address, "/api/v1/uploads/u1");
});

Deno.test("after several breaks the person is asked, and a new connection tries again", async () => {
  const { line, uploader, tray, clock } = begin();
  uploader.add(GENERAL, [written("tide.txt")]);
  for (let attempt = 0; attempt < 5; attempt++) {
    line.last.breaks(new RequestFailed(0, {}));
    await settle();
    clock.pass(60_000);
  }
  assert.equal(line.sendings.length, 5);
  assert.deepEqual(tray().map(({ phase, canRetry }) => [phase, canRetry]), [["failed", true]]);
  uploader.resume();
  assert.equal(line.sendings.length, 6);
});

Deno.test("what the server refuses for good is said, and not tried again", async () => {
  const { line, uploader, tray, clock } = begin();
  uploader.add(GENERAL, [written("film.mkv")]);
  line.last.breaks(new RequestFailed(413, { code: ERROR.FILE_TOO_LARGE, detail: "Too large." }));
  await settle();
  clock.pass(600_000);
  assert.equal(line.sendings.length, 1);
  const [failed] = tray();
  assert.match(failed?.problem ?? "", /25/);
  assert.equal(failed?.canRetry, false);
  assert.equal(readiness(tray()), "failed");
  assert.equal(uploader.isBusy, false);
});

Deno.test("files of a message that is written anew are there already", () => {
  const { line, uploader, tray } = begin();
  uploader.adopt(GENERAL, [file("9")]);
  assert.equal(readiness(tray()), "ready");
  assert.equal(line.sendings.length, 0);
  assert.deepEqual(uploader.take(GENERAL), [file("9")]);
});
