import { App } from "./app.js";
import { keepForOffline } from "./lib/offline.js";
import { followThemeOfOtherTabs } from "./lib/theme.js";
import "./components/workspace.js";

const bootstrap = document.getElementById("bootstrap");
const workspace = document.querySelector("parley-workspace");

followThemeOfOtherTabs();

if (bootstrap && workspace) {
  const app = new App(JSON.parse(bootstrap.textContent ?? ""));
  app.start();
  Object.assign(workspace, { app });
  // What is needed now comes first.
  addEventListener("load", () => keepForOffline());
}
