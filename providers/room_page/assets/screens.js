// Shows one of the page's screens, and what there is to say when there is no call.
import { byId } from "./page.js";

const NOTICES = {
  opening: { title: "Opening the call …", text: "" },
  stranger: {
    title: "Join from Slack",
    text: "This is a meeting room. Everybody gets a link of their own: press Join on the call's card in Slack.",
  },
  unsupported: {
    title: "This browser cannot take part",
    text: "It has no calls between browsers, or the address does not begin with https. Try a current Firefox, Chrome, Edge or Safari.",
  },
  unreachable: {
    title: "Startcall cannot be reached",
    text: "Check your connection to the internet, and try again.",
    button: "Try again",
  },
  left: { title: "You have left the call", text: "You can close this tab.", button: "Join again" },
  room_link_unknown: { title: "This link lets nobody in", text: "Press Join on the call's card in Slack." },
  room_link_expired: { title: "This link has run out", text: "Press Join in Slack for a new one." },
  room_full: { title: "This call is full", text: "Ask somebody to leave, and try again.", button: "Try again" },
  room_ended: { title: "The call has ended", text: "Start a new one in Slack with /startcall." },
  room_removed: { title: "You were shown out of the call", text: "If that was a mistake, ask in Slack." },
  not_now: { title: "That does not work just now", text: "Please try again in a moment.", button: "Try again" },
  failed: { title: "The connection was lost", text: "Check your connection to the internet, and join again.", button: "Join again" },
};
const ALSO_CALLED = { ended: "room_ended", removed: "room_removed", full: "room_full", expired: "room_link_expired" };

export function showScreen(id) {
  for (const screen of document.querySelectorAll("main")) screen.hidden = screen.id !== id;
  byId(id).querySelector("h1").focus();
}

// Shows why there is no call; resolves when the person presses the button, if there is one.
export function showNotice(code, sentence) {
  const notice = NOTICES[ALSO_CALLED[code] ?? code] ?? NOTICES.not_now;
  byId("notice-title").textContent = notice.title;
  byId("notice-text").textContent = (sentence ?? notice.text).replaceAll("`", "");
  document.title = `${notice.title} · Startcall`;
  const button = byId("notice-button");
  button.textContent = notice.button ?? "";
  button.hidden = !notice.button;
  showScreen("notice");
  return new Promise((resolve) => { button.onclick = resolve; });
}
