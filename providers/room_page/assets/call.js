// The call as people see it: turns what a backend reports into pictures, and presses into what a backend is asked.
import { keep } from "./door.js";
import { openKeys, pressedKey } from "./keys.js";
import { canShareScreen, openScreen, problemOf } from "./media.js";
import { byId, say, setButton } from "./page.js";
import { People } from "./people.js";
import { showScreen } from "./screens.js";
import { Tiles } from "./tiles.js";
import { words } from "./words.js";

const OWN = "own";
const STATES = {
  connecting: [words("connecting"), false],
  connected: ["", false],
  reconnecting: [words("reconnecting"), true],
};

export class Call {
  #entry;
  #media;
  #connect;
  #backend = null;
  #tiles = new Tiles();
  #people = new People();
  #screen = null;
  #ownPicture = null;
  #begun = false;
  #over;

  // `connect` is the backend's: see the README beside this folder.
  constructor(entry, media, connect) {
    this.#entry = entry;
    this.#media = media;
    this.#connect = connect;
  }

  // Resolves when the call is over for this person, with the reason.
  async run() {
    const over = new Promise((resolve) => { this.#over = resolve; });
    document.title = `${words("title_call")} · Startcall`;
    showScreen("call");
    this.#people.set(OWN, { name: this.#entry.name, own: true });
    this.#tiles.add(OWN, this.#entry.name, { own: true });
    this.#listen();
    this.#showOwn();
    this.#media.onLost = (kind) => this.#lost(kind);
    this.#state("connecting");
    try {
      this.#backend = await this.#connect(this.#entry, { stream: this.#media.stream }, this.#events());
    } catch {
      this.#over({ reason: "failed" });
    }
    const end = await over;
    await this.#close();
    return end;
  }

  #events() {
    return {
      onPerson: ({ id, name, isHost }) => this.#came(id, name, isHost),
      onStream: (id, stream) => this.#tiles.stream(id, stream),
      onMuted: (id, { audio, video, screen = false }) => {
        this.#people.set(id, { audio: !audio, video: !video, screen });
        this.#tiles.shown(id, { audio: !audio, video: !video, screen });
      },
      onLink: (id, state) => this.#tiles.link(id, state),
      onGone: (id) => this.#went(id),
      onEnded: (reason, sentence) => this.#over({ reason, sentence }),
      onState: (state) => this.#state(state),
    };
  }

  #came(id, name, isHost) {
    const isNew = !this.#tiles.has(id);
    this.#people.set(id, { name, isHost: Boolean(isHost) });
    if (!isNew) return;
    this.#tiles.add(id, name);
    if (this.#begun) say(words("joined", { name }));
  }

  #went(id) {
    const person = this.#people.get(id);
    if (!person) return;
    this.#people.delete(id);
    this.#tiles.remove(id);
    say(words("went", { name: person.name }));
  }

  #state(state) {
    const [text, isTrouble] = STATES[state] ?? ["", false];
    byId("state").textContent = text;
    byId("state").toggleAttribute("data-trouble", isTrouble);
    if (state !== "connected") return;
    if (!this.#begun) say(this.#greeting());
    this.#begun = true;
  }

  #greeting() {
    const count = this.#people.others.length;
    if (count === 0) return words("in_call_alone");
    return count === 1 ? words("in_call_with_one") : words("in_call_with_more", { count });
  }

  #listen() {
    const presses = { mic: () => this.#toggle("audio"), cam: () => this.#toggle("video"), share: () => this.#share() };
    presses.list = presses["people-close"] = () => this.#people.toggle();
    presses.leave = () => this.#over({ reason: "left" });
    presses.fullscreen = () => this.#fullScreen();
    for (const [id, press] of Object.entries(presses)) byId(id).onclick = press;
    byId("share").hidden = !canShareScreen();
    byId("fullscreen").hidden = !document.fullscreenEnabled;
    const keys = { m: presses.mic, v: presses.cam, s: presses.share, p: presses.list, f: presses.fullscreen, "?": openKeys };
    document.onkeydown = (event) => {
      if (event.key === "Escape") this.#people.close();
      keys[pressedKey(event)]?.();
    };
  }

  async #toggle(kind) {
    const on = !this.#media.isOn(kind);
    try {
      const track = await this.#media.switch(kind, on);
      if (!this.#backend) return;
      if (kind === "audio" || !this.#screen) await this.#backend.replaceTrack(kind, track);
    } catch (error) {
      say(problemOf(kind, error));
    }
    this.#tell();
  }

  // A device was pulled out, or taken away by the browser.
  async #lost(kind) {
    say(words(`${kind}_lost`));
    if (kind === "audio" || !this.#screen) await this.#backend?.replaceTrack(kind, null);
    this.#tell();
  }

  async #share() {
    if (this.#screen || !canShareScreen()) {
      await this.#stopSharing();
      return;
    }
    try {
      this.#screen = await openScreen();
    } catch {
      return; // The person chose nothing, and knows it.
    }
    this.#screen.onended = () => this.#stopSharing();
    await this.#backend?.replaceTrack("video", this.#screen);
    this.#tell();
  }

  async #stopSharing() {
    if (!this.#screen) return;
    this.#screen.stop();
    this.#screen = null;
    await this.#backend?.replaceTrack("video", this.#media.track("video"));
    this.#tell();
  }

  #tell() {
    this.#backend?.setSharing?.(Boolean(this.#screen));
    this.#backend?.setMuted("audio", !this.#media.isOn("audio"));
    this.#backend?.setMuted("video", !this.#media.isOn("video") && !this.#screen);
    this.#showOwn();
  }

  #showOwn() {
    const audio = this.#media.isOn("audio");
    const video = this.#media.isOn("video");
    const shown = { audio, video: video || Boolean(this.#screen), screen: Boolean(this.#screen) };
    setButton(byId("mic"), { text: words(audio ? "mute" : "unmute"), picture: audio ? "mic" : "mic-off", off: !audio });
    setButton(byId("cam"), { text: words(video ? "stop_camera" : "start_camera"), picture: video ? "camera" : "camera-off", off: !video });
    setButton(byId("share"), { text: words(this.#screen ? "stop_sharing" : "share_screen"), on: Boolean(this.#screen) });
    this.#people.set(OWN, shown);
    this.#tiles.shown(OWN, shown);
    this.#showOwnPicture(this.#screen ?? this.#media.track("video"));
    keep({ joined: true, audio, video });
  }

  #showOwnPicture(track) {
    if (track === this.#ownPicture) return;
    this.#ownPicture = track;
    this.#tiles.stream(OWN, track && new MediaStream([track]));
  }

  async #fullScreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen().catch(() => {});
  }

  async #close() {
    keep({ joined: false });
    document.onkeydown = null;
    if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
    this.#screen?.stop();
    this.#backend?.leave();
    this.#tiles.clear();
    this.#people.clear();
    this.#media.onLost = () => {};
    this.#media.closeAll();
  }
}
