// The pictures: one tile a person, as large as the window allows.
import { avatar, byId, icon, make, nameOf } from "./page.js";
import { words } from "./words.js";

const SHAPE = 16 / 10;
const GAP_PX = 12;
const LINK_TEXTS = {
  connecting: words("connecting"),
  connected: "",
  lost: words("link_lost"),
  failed: words("link_failed"),
};

export class Tiles {
  #tiles = new Map();
  #list = byId("tiles");
  #watch = new ResizeObserver(() => this.#layOut());

  constructor() {
    this.#list.replaceChildren();
    this.#watch.observe(this.#list);
    byId("sound").onclick = () => this.#playAll();
  }

  // `own` is the person's own tile: without sound, and shown as in a mirror.
  add(id, name, { own = false } = {}) {
    const video = make("video");
    video.autoplay = video.playsInline = true;
    video.muted = own;
    video.setAttribute("aria-label", own ? words("your_picture") : words("picture_of", { name }));
    const link = make("p", "link");
    const mute = make("span", "mute");
    const tile = make("li", "tile", avatar(name), video, link, make("p", "label", nameOf(name), ...(own ? [make("span", "", `(${words("you")})`)] : []), mute));
    tile.dataset.person = id;
    tile.toggleAttribute("data-own", own);
    this.#tiles.set(id, tile);
    this.#list.append(tile);
    this.shown(id, { audio: true, video: false, screen: false });
    this.#layOut();
  }

  has(id) {
    return this.#tiles.has(id);
  }

  stream(id, stream) {
    const video = this.#tiles.get(id)?.querySelector("video");
    if (!video || video.srcObject === stream) return;
    video.srcObject = stream;
    this.#play(video);
  }

  shown(id, { audio, video, screen }) {
    const tile = this.#tiles.get(id);
    if (!tile) return;
    tile.toggleAttribute("data-video", video);
    tile.toggleAttribute("data-screen", video && Boolean(screen));
    tile.querySelector(".mute").replaceChildren(...(audio ? [] : [icon("mic-off"), make("span", "visually-hidden", words("muted"))]));
    this.#layOut();
  }

  link(id, state) {
    const tile = this.#tiles.get(id);
    if (tile) tile.querySelector(".link").textContent = LINK_TEXTS[state] ?? "";
  }

  remove(id) {
    const tile = this.#tiles.get(id);
    if (!tile) return;
    tile.querySelector("video").srcObject = null;
    tile.remove();
    this.#tiles.delete(id);
    this.#layOut();
  }

  clear() {
    this.#watch.disconnect();
    for (const id of [...this.#tiles.keys()]) this.remove(id);
    byId("sound").hidden = true;
  }

  // Browsers may refuse sound on a page that nobody has touched, such as one that was loaded anew.
  async #play(video) {
    try {
      await video.play();
    } catch (error) {
      if (error.name === "NotAllowedError") byId("sound").hidden = false;
    }
  }

  #playAll() {
    byId("sound").hidden = true;
    for (const tile of this.#tiles.values()) this.#play(tile.querySelector("video"));
  }

  // Finds the number of columns with which the tiles are largest.
  #layOut() {
    const { clientWidth: width, clientHeight: height } = this.#list;
    const count = this.#tiles.size;
    this.#list.classList.toggle("presenting", count > 1 && Boolean(this.#list.querySelector("[data-screen]")));
    let best = 0;
    for (let columns = 1; columns <= count; columns += 1) {
      const rows = Math.ceil(count / columns);
      const across = (width - GAP_PX * (columns - 1)) / columns;
      const down = ((height - GAP_PX * (rows - 1)) / rows) * SHAPE;
      best = Math.max(best, Math.min(across, down));
    }
    const tileWidth = Math.max(120, Math.floor(best));
    this.#list.style.setProperty("--tile-width", `${tileWidth}px`);
    this.#list.style.setProperty("--tile-height", `${Math.floor(tileWidth / SHAPE)}px`);
  }
}
