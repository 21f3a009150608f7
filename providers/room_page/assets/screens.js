// Shows one of the page's screens, and what there is to say when there is no call.
import { byId } from "./page.js";
import { words } from "./words.js";

// Each has a title of its own name and a text of its name with `_text`; some have a button.
const BUTTON_OF = {
  opening: null,
  stranger: null,
  unsupported: null,
  unreachable: "try_again",
  left: "join_again",
  room_link_unknown: null,
  room_link_expired: null,
  room_full: "try_again",
  room_ended: null,
  room_removed: null,
  not_now: "try_again",
  failed: "join_again",
};
const ALSO_CALLED = { ended: "room_ended", removed: "room_removed", full: "room_full", expired: "room_link_expired" };

export function showScreen(id) {
  for (const screen of document.querySelectorAll("main")) screen.hidden = screen.id !== id;
  byId(id).querySelector("h1").focus();
}

// Shows why there is no call; resolves when the person presses the button, if there is one.
export function showNotice(code, sentence) {
  const named = ALSO_CALLED[code] ?? code;
  const notice = Object.hasOwn(BUTTON_OF, named) ? named : "not_now";
  const text = notice === "opening" ? "" : words(`${notice}_text`);
  byId("notice-title").textContent = words(notice);
  byId("notice-text").textContent = (sentence ?? text).replaceAll("`", "");
  document.title = `${words(notice)} · Startcall`;
  const button = byId("notice-button");
  const does = BUTTON_OF[notice];
  button.textContent = does ? words(does) : "";
  button.hidden = !does;
  showScreen("notice");
  return new Promise((resolve) => { button.onclick = resolve; });
}
