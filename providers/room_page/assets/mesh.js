// The backend of the built-in room: every browser connects to every other one, and the app introduces them.
import { Peer } from "./peer.js";
import { SignalSocket } from "./signal-socket.js";

// How long somebody whose connection broke keeps their place on the page.
const LOST_MS = 15_000;

export async function connect(entry, media, events) {
  const mesh = new Mesh(entry, media.stream, events);
  return {
    replaceTrack: (kind, track) => mesh.replaceTrack(kind, track),
    setMuted: (kind, muted) => mesh.show({ [kind]: !muted }),
    setSharing: (sharing) => mesh.show({ screen: sharing }),
    leave: () => mesh.leave(),
  };
}

class Mesh {
  #entry;
  #events;
  #socket;
  #ownId = "";
  #tracks;
  #shown;
  #peers = new Map();
  #lost = new Map();

  constructor(entry, stream, events) {
    this.#entry = entry;
    this.#events = events;
    this.#tracks = { audio: stream.getAudioTracks()[0] ?? null, video: stream.getVideoTracks()[0] ?? null };
    this.#shown = { audio: Boolean(this.#tracks.audio?.enabled), video: Boolean(this.#tracks.video), screen: false };
    this.#socket = new SignalSocket({
      hello: () => ({ token: entry.resume, ...this.#shown }),
      onMessage: (message) => this.#take(message),
      onDown: () => events.onState("reconnecting"),
    });
    window.addEventListener("pagehide", this.#onPageHide);
    events.onState("connecting");
    this.#socket.open();
  }

  async replaceTrack(kind, track) {
    this.#tracks[kind] = track;
    await Promise.all([...this.#peers.values()].map((peer) => peer.send(kind)));
  }

  show(more) {
    const before = JSON.stringify(this.#shown);
    Object.assign(this.#shown, more);
    if (before !== JSON.stringify(this.#shown)) this.#socket.send({ type: "shown", ...this.#shown });
  }

  leave() {
    window.removeEventListener("pagehide", this.#onPageHide);
    this.#socket.close();
    for (const timer of this.#lost.values()) clearTimeout(timer);
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
  }

  #onPageHide = () => this.leave();

  #take(message) {
    switch (message.type) {
      case "welcome": return this.#welcome(message);
      case "joined": return this.#meet(message.person, { calls: false });
      case "shown": return this.#report(message.id, message);
      case "gone": return message.lost ? this.#lose(message.id) : this.#part(message.id);
      case "signal": return this.#peers.get(message.from)?.take(message);
      case "closing":
        this.leave();
        return this.#events.onEnded(message.code, message.sentence);
      default: return undefined; // Of a newer app; a reload brings the page that knows it.
    }
  }

  // Everybody who is in is known before the call counts as connected.
  #welcome({ id, people }) {
    this.#ownId = id;
    const known = [...this.#peers.keys()];
    for (const person of people) this.#meet(person, { calls: true });
    for (const id of known) {
      if (people.some((person) => person.id === id)) this.#peers.get(id).resume();
      else this.#lose(id);
    }
    this.#events.onState("connected");
  }

  #meet({ id, name, is_host: isHost, ...shown }, { calls }) {
    clearTimeout(this.#lost.get(id));
    this.#lost.delete(id);
    this.#events.onPerson({ id, name, isHost });
    this.#report(id, shown);
    const known = this.#peers.get(id);
    if (known) this.#events.onLink?.(id, known.isConnected ? "connected" : "connecting");
    else this.#peers.set(id, this.#peer(id, calls));
  }

  #peer(id, calls) {
    return new Peer({
      ice: this.#entry.backend_settings.ice,
      isPolite: this.#ownId < id,
      calls,
      tracks: this.#tracks,
      signal: (content) => this.#socket.send({ type: "signal", to: id, ...content }),
      onStream: (stream) => this.#events.onStream(id, stream),
      onLink: (state) => this.#linked(id, state),
    });
  }

  #linked(id, state) {
    // Neither the app nor the browser reaches them: they are gone.
    if (this.#lost.has(id)) return state === "connected" ? undefined : this.#part(id);
    return this.#events.onLink?.(id, state);
  }

  #report(id, { audio, video, screen }) {
    this.#events.onMuted(id, { audio: !audio, video: !video, screen });
  }

  // Their connection to the app, or the app itself, went away; the pictures may go on meanwhile.
  #lose(id) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    if (!peer.isConnected) {
      this.#part(id);
      return;
    }
    clearTimeout(this.#lost.get(id));
    this.#lost.set(id, setTimeout(() => this.#part(id), LOST_MS));
  }

  #part(id) {
    clearTimeout(this.#lost.get(id));
    this.#lost.delete(id);
    this.#peers.get(id)?.close();
    this.#peers.delete(id);
    this.#events.onGone(id);
  }
}
