// The list of people beside the pictures.
import { avatar, byId, icon, make, nameOf } from "./page.js";
import { words } from "./words.js";

export class People {
  #people = new Map();

  set(id, more) {
    this.#people.set(id, { name: "", own: false, isHost: false, audio: true, video: false, screen: false, ...this.#people.get(id), ...more });
    this.#show();
  }

  delete(id) {
    this.#people.delete(id);
    this.#show();
  }

  get(id) {
    return this.#people.get(id);
  }

  get others() {
    return [...this.#people.values()].filter(({ own }) => !own);
  }

  clear() {
    this.#people.clear();
    this.close();
  }

  toggle() {
    if (byId("people").hidden) this.#open();
    else this.close();
  }

  close() {
    if (byId("people").contains(document.activeElement)) byId("list").focus();
    byId("people").hidden = true;
    byId("list").setAttribute("aria-expanded", "false");
  }

  #open() {
    byId("people").hidden = false;
    byId("list").setAttribute("aria-expanded", "true");
    byId("people-title").focus();
  }

  #show() {
    const inOrder = [...this.#people.values()].sort((one, other) => other.own - one.own || one.name.localeCompare(other.name));
    byId("people-title").textContent = words("people_counted", { count: inOrder.length });
    byId("people-list").replaceChildren(...inOrder.map(lineOf));
    byId("alone").hidden = this.others.length > 0;
  }
}

function lineOf({ name, own, isHost, audio, video, screen }) {
  const roles = [own && words("you"), isHost && words("host"), screen && words("shares")].filter(Boolean).join(words("between"));
  const who = make("span", "who", nameOf(name), ...(roles ? [" ", make("small", "", `(${roles})`)] : []));
  const states = [words(audio ? "microphone_on" : "muted"), words(video ? "camera_on" : "camera_off")].join(words("between"));
  return make(
    "li", "", avatar(name), who,
    icon(audio ? "mic" : "mic-off", audio ? "" : "off"), icon(video ? "camera" : "camera-off", video ? "" : "off"),
    make("span", "visually-hidden", states),
  );
}
