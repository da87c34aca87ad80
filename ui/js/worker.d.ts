/** What the browser gives to a service worker, as far as ours uses it. */

export interface Build {
  /** Another one as soon as any file is. */
  version: string;
  /** The addresses of all files of the window, `app.js` first. */
  files: string[];
  /** The addresses that show the window. */
  pages: string;
}

export interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

export interface Fetching extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

export interface WorkerScope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: Waiting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}

declare global {
  /** Written in front of the script by the server. */
  const BUILD: Build;
}
