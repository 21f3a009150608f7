// What one person receives from the others in a room: one media connection for all of it.
// Source: https://janus.conf.meetecho.com/docs/videoroom.html#vroomsub

import { JanusError } from "./janus-socket.js";
import { janusPeer } from "./janus-peer.js";

const TRY_AGAIN_AFTER_MS = 500;
const NO_SUCH_FEED = 428;

export class JanusFeeds {
  #socket;
  #joining;
  #ice;
  #onStream;
  #onLost;
  #handle = null;
  #link = null; // {peer, takeDescription}
  #wanted = new Set();
  #received = new Map(); // id of a person -> MediaStream
  #work = Promise.resolve(); // one exchange at a time, in order
  #closed = false;

  // `joining` is what a subscriber has to say to get in, besides whom it wants.
  constructor({ socket, joining, ice, onStream, onLost }) {
    this.#socket = socket;
    this.#joining = joining;
    this.#ice = ice;
    this.#onStream = onStream;
    this.#onLost = onLost;
  }

  // Begins to receive somebody.
  add(id) {
    this.#wanted.add(id);
    this.#inTurn(() => this.#subscribe());
  }

  // Somebody no longer sends: Janus takes them out of the connection by itself.
  remove(id) {
    this.#wanted.delete(id);
    this.#received.delete(id);
  }

  close() {
    this.#closed = true;
    this.#link?.peer.close();
  }

  #inTurn(task) {
    this.#work = this.#work.then(async () => {
      if (!this.#closed) await task();
    });
    this.#work = this.#work.catch(() => {
      if (!this.#closed) this.#onLost();
    });
  }

  async #subscribe() {
    const streams = [...this.#wanted].filter((id) => !this.#received.has(id)).map((feed) => ({ feed }));
    if (streams.length === 0) return;
    try {
      await this.#take(this.#handle ? await this.#handle.send({ request: "update", subscribe: streams }) : await this.#begin(streams));
    } catch (error) {
      if (!(error instanceof JanusError && error.code === NO_SUCH_FEED)) throw error;
      // Somebody has left in this very moment: those who have not are asked for again once that is known.
      setTimeout(() => this.#inTurn(() => this.#subscribe()), TRY_AGAIN_AFTER_MS);
    }
  }

  async #begin(streams) {
    const handle = await this.#socket.attach();
    const begun = await handle.send({ ...this.#joining, request: "join", ptype: "subscriber", streams });
    this.#handle = handle;
    this.#link = janusPeer(handle, this.#ice, () => !this.#closed && this.#onLost());
    handle.onEvent = (event) => this.#inTurn(() => this.#take(event));
    return begun;
  }

  // Takes a new offer of Janus's, if there is one, and hands out what is in the connection now.
  async #take({ data, jsep }) {
    if (jsep) {
      await this.#link.takeDescription(jsep);
      await this.#link.peer.setLocalDescription(await this.#link.peer.createAnswer());
      await this.#handle.send({ request: "start" }, this.#link.peer.localDescription.toJSON());
    }
    if (data.streams) this.#handOut(data.streams);
  }

  #handOut(streams) {
    const tracks = new Map();
    for (const { mid, feed_id: id, active } of streams) {
      const track = this.#link.peer.getTransceivers().find((one) => one.mid === mid)?.receiver.track;
      if (active && id && track && this.#wanted.has(id)) tracks.set(id, [...(tracks.get(id) ?? []), track]);
    }
    for (const [id, now] of tracks) {
      const stream = this.#received.get(id) ?? new MediaStream();
      const isNew = !this.#received.has(id);
      const before = stream.getTracks();
      before.filter((track) => !now.includes(track)).forEach((track) => stream.removeTrack(track));
      now.filter((track) => !before.includes(track)).forEach((track) => stream.addTrack(track));
      this.#received.set(id, stream);
      if (isNew) this.#onStream(id, stream);
    }
  }
}
