// The screen before the call: what others will see and hear, and with which devices.
import { keep, kept } from "./door.js";
import { pressedKey } from "./keys.js";
import { devices, problemOf } from "./media.js";
import { byId, setButton } from "./page.js";
import { showScreen } from "./screens.js";
import { words } from "./words.js";

const SELECTS = { audio: byId("microphone"), video: byId("camera") };
const BUTTONS = { audio: byId("lobby-mic"), video: byId("lobby-camera") };
const ASKED_AFTER_MS = 1500;

// Resolves when the person joins; `media` then holds what they want to show.
export async function waitInLobby(name, media) {
  byId("lobby-name").textContent = name;
  document.title = `${words("title_lobby")} · Startcall`;
  showScreen("lobby");
  return new Promise((resolve) => { new Lobby(media, resolve).begin(); });
}

class Lobby {
  // What was asked of the devices last; a browser may still be asking the person.
  opening = Promise.resolve();

  constructor(media, onJoin) {
    this.media = media;
    this.onJoin = onJoin;
    for (const kind of ["audio", "video"]) {
      BUTTONS[kind].onclick = () => this.toggle(kind);
      SELECTS[kind].onchange = () => this.choose(kind);
    }
    byId("lobby-form").onsubmit = (event) => { event.preventDefault(); this.join(); };
    document.onkeydown = (event) => {
      const key = pressedKey(event);
      if (key === "m") this.toggle("audio");
      if (key === "v") this.toggle("video");
    };
  }

  begin() {
    this.media.ids = { audio: "", video: "", ...kept().ids };
    byId("join").disabled = false;
    this.show();
    this.open(() => this.media.openAll(["audio", "video"]));
  }

  toggle(kind) {
    this.open(() => this.one(kind, this.media.switch(kind, !this.media.isOn(kind))));
  }

  choose(kind) {
    this.media.ids[kind] = SELECTS[kind].value;
    this.open(() => this.one(kind, this.media.open(kind)));
  }

  // Opens devices one after the other, and shows what came of it.
  open(work) {
    const asking = setTimeout(() => { byId("lobby-problem").textContent = words("browser_asks"); }, ASKED_AFTER_MS);
    this.opening = this.opening.then(work).then(async (problems) => {
      clearTimeout(asking);
      await this.show();
      this.complain(problems);
    });
  }

  async one(kind, opening) {
    try {
      await opening;
      return {};
    } catch (error) {
      return { [kind]: error };
    }
  }

  async join() {
    byId("join").disabled = true;
    await this.opening;
    keep({ ids: this.media.ids });
    document.onkeydown = null;
    byId("preview").srcObject = null;
    this.onJoin();
  }

  complain({ audio, video }) {
    const both = audio && video && audio.name === video.name;
    const texts = both ? [problemOf("both", audio)] : [audio && problemOf("audio", audio), video && problemOf("video", video)];
    const found = texts.filter(Boolean);
    if (found.length && !this.media.track("audio")) found.push(words("join_without"));
    byId("lobby-problem").textContent = found.join(" ");
  }

  async show() {
    const audio = this.media.isOn("audio");
    const video = this.media.isOn("video");
    setButton(BUTTONS.audio, { text: words(audio ? "mute" : "unmute"), picture: audio ? "mic" : "mic-off", off: !audio });
    setButton(BUTTONS.video, { text: words(video ? "turn_camera_off" : "turn_camera_on"), picture: video ? "camera" : "camera-off", off: !video });
    byId("preview").hidden = !video;
    byId("preview-off").hidden = video;
    byId("preview").srcObject = video ? this.media.stream : null;
    for (const kind of ["audio", "video"]) await this.list(kind);
  }

  async list(kind) {
    const found = await devices(kind).catch(() => []);
    const unnamed = kind === "audio" ? "microphone_number" : "camera_number";
    const none = kind === "audio" ? "no_microphone" : "no_camera";
    const options = found.map(({ label, deviceId }, index) => new Option(label || words(unnamed, { number: index + 1 }), deviceId));
    SELECTS[kind].replaceChildren(...(options.length ? options : [new Option(words(none), "")]));
    SELECTS[kind].disabled = !options.length;
    if (options.some(({ value }) => value === this.media.ids[kind])) SELECTS[kind].value = this.media.ids[kind];
  }
}
