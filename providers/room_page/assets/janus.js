// Connects one person to a room on a Janus media server. The interface is that of every backend of this page.
// Source: https://janus.conf.meetecho.com/docs/videoroom.html

import { JanusFeeds } from "./janus-feeds.js";
import { janusPeer } from "./janus-peer.js";
import { JanusError, JanusSocket } from "./janus-socket.js";

const RETRY_AFTER_MS = [0, 500, 1000, 2000, 4000, 5000];
// What a stream is described as, for the others to know.
const OFF = "off";
const ON = "on";
const SCREEN = "screen";
const REASON_WITHIN_MS = 300;
const GOODBYE_WITHIN_MS = 500;
const ROOM_FULL = 432;
const KINDS = ["audio", "video"];

export async function connect(entry, media, events) {
  const room = new JanusRoom(entry, media, events);
  room.start();
  return {
    replaceTrack: (kind, track) => room.replaceTrack(kind, track),
    setMuted: (kind, muted) => room.show({ [kind]: !muted }),
    setSharing: (sharing) => room.show({ screen: sharing }),
    leave: () => room.leave(),
  };
}

// Why somebody cannot be in the room, for good.
class Refused extends Error {
  constructor(reason, sentence) {
    super(sentence);
    this.reason = reason;
    this.sentence = sentence;
  }
}

class JanusRoom {
  #entry;
  #events;
  #tracks;
  #shown;
  #people = new Set();
  #over = false;
  #connection = null; // {socket, ice, handle, link, senders, told, feeds, isReady}

  constructor(entry, media, events) {
    this.#entry = entry;
    this.#events = events;
    const first = (kind) => media.stream?.getTracks().find((track) => track.kind === kind) ?? null;
    this.#tracks = { audio: first("audio"), video: first("video") };
    this.#shown = { audio: isOn(this.#tracks.audio), video: isOn(this.#tracks.video), screen: false };
    window.addEventListener("pagehide", this.#onPageHide);
  }

  start() {
    this.#events.onState("connecting");
    this.#connectUntilItWorks();
  }

  async replaceTrack(kind, track) {
    this.#tracks[kind] = track;
    await this.#connection?.senders?.[kind].replaceTrack(track);
    this.show({ [kind]: isOn(track) });
  }

  // Tells the others what there is to hear and see, if that has changed.
  show(more) {
    Object.assign(this.#shown, more);
    if (this.#connection?.isReady) this.#tellShown(this.#connection);
  }

  leave() {
    this.#over = true;
    window.removeEventListener("pagehide", this.#onPageHide);
    const connection = this.#connection;
    this.#connection = null;
    if (connection) sayGoodbye(connection);
  }

  #onPageHide = () => this.leave();

  async #connectUntilItWorks() {
    for (let attempt = 0; !this.#over; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS[Math.min(attempt, RETRY_AFTER_MS.length - 1)]));
      if (this.#over) return;
      try {
        await this.#connect();
        return;
      } catch (error) {
        this.#disconnect();
        if (error instanceof Refused) return this.#end(error.reason, error.sentence);
      }
    }
  }

  async #connect() {
    const { name, backend_settings: settings } = await this.#enter();
    const socket = await JanusSocket.open(settings.url, settings.token);
    if (this.#over) return socket.close();
    const connection = { socket, isReady: false, ice: settings.ice ?? {} };
    this.#connection = connection;
    // While connecting, a closed socket is enough: whatever waits for an answer fails, and it is tried again.
    const lost = () => (connection.isReady ? this.#lostMedia(connection) : socket.close());
    socket.onLost = () => this.#lost(connection);
    connection.handle = await socket.attach();
    const { room, id, room_token: token } = settings;
    const joining = { request: "join", ptype: "publisher", room, id, display: name, token };
    const { data } = await connection.handle.send(joining);
    if (connection !== this.#connection) return; // they have left meanwhile
    connection.feeds = new JanusFeeds({
      socket,
      ice: connection.ice,
      joining: { room, private_id: data.private_id, token },
      onStream: (person, stream) => this.#events.onStream(person, stream),
      onLost: lost,
    });
    connection.handle.onEvent = (event) => this.#take(connection, event.data);
    this.#meet(connection, data);
    await this.#publish(connection, lost);
    if (connection !== this.#connection) return;
    connection.isReady = true;
    this.#tellShown(connection); // what has changed meanwhile
    this.#events.onState("connected");
  }

  // Asks the app for what it takes to join now: what it gives is good for one connection, and for two minutes.
  async #enter() {
    const response = await fetch(`${location.pathname.replace(/\/+$/, "")}/enter`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: this.#entry.resume }),
      cache: "no-store",
    });
    const given = await response.json();
    if (response.ok) return given;
    if (response.status >= 500 || response.status === 429) throw new Error(given.sentence);
    throw new Refused(given.code, given.sentence);
  }

  // Sends sound and picture, or room for them: a camera switched on later then needs no new negotiation.
  async #publish(connection, lost) {
    const link = janusPeer(connection.handle, connection.ice, lost);
    connection.link = link;
    const senders = {};
    for (const kind of KINDS) {
      senders[kind] = link.peer.addTransceiver(this.#tracks[kind] ?? kind, { direction: "sendonly" }).sender;
    }
    connection.senders = senders;
    await link.peer.setLocalDescription(await link.peer.createOffer());
    connection.told = this.#descriptions(connection);
    const request = { request: "publish", descriptions: connection.told };
    try {
      const { jsep } = await connection.handle.send(request, link.peer.localDescription.toJSON());
      await link.takeDescription(jsep);
    } catch (error) {
      throw error instanceof JanusError && error.code === ROOM_FULL ? new Refused("room_full") : error;
    }
  }

  #descriptions({ link, senders }) {
    return KINDS.map((kind) => ({
      mid: link.peer.getTransceivers().find((one) => one.sender === senders[kind]).mid,
      description: this.#description(kind),
    }));
  }

  #description(kind) {
    if (!this.#shown[kind]) return OFF;
    return kind === "video" && this.#shown.screen ? SCREEN : ON;
  }

  #tellShown(connection) {
    const descriptions = this.#descriptions(connection);
    if (JSON.stringify(descriptions) === JSON.stringify(connection.told)) return;
    connection.told = descriptions;
    connection.handle.send({ request: "configure", descriptions }).catch(() => {}); // told anew with the next connection
  }

  #take(connection, data) {
    if (connection !== this.#connection) return;
    if (data.videoroom === "destroyed") return this.#end("room_ended");
    if (data.leaving === "ok") return data.reason === "kicked" ? this.#end("room_removed") : undefined;
    if (data.joining) this.#see(data.joining);
    if (data.publishers) data.publishers.forEach((person) => this.#receive(connection, person));
    if (data.unpublished && data.unpublished !== "ok") connection.feeds.remove(data.unpublished);
    for (const id of [data.leaving, data.kicked]) if (id) this.#forget(connection, id);
  }

  // Takes the list of who is in, which replaces what was known before a connection was lost.
  #meet(connection, { publishers = [], attendees = [] }) {
    const present = new Set([...publishers, ...attendees].map(({ id }) => id));
    for (const id of this.#people) if (!present.has(id)) this.#forget(connection, id);
    attendees.forEach((person) => this.#see(person));
    publishers.forEach((person) => this.#receive(connection, person));
  }

  // Only the first name counts: it is the one the app has checked.
  #see({ id, display }) {
    if (this.#people.has(id)) return;
    this.#people.add(id);
    this.#events.onPerson({ id, name: display ?? "" });
  }

  #receive(connection, person) {
    this.#see(person);
    const described = (kind) => (person.streams ?? []).find(({ type }) => type === kind)?.description ?? OFF;
    const [audio, video] = KINDS.map(described);
    this.#events.onMuted(person.id, { audio: audio === OFF, video: video === OFF, screen: video === SCREEN });
    connection.feeds.add(person.id);
  }

  #forget(connection, id) {
    connection.feeds.remove(id);
    if (this.#people.delete(id)) this.#events.onGone(id);
  }

  // A call that ends for somebody breaks off their media, and Janus may give the reason only then.
  #lostMedia(connection) {
    setTimeout(() => this.#lost(connection), REASON_WITHIN_MS);
  }

  async #lost(connection) {
    if (this.#over || connection !== this.#connection || !connection.isReady) return;
    this.#disconnect();
    this.#events.onState("reconnecting");
    await this.#connectUntilItWorks();
  }

  #disconnect() {
    if (this.#connection) close(this.#connection);
    this.#connection = null;
  }

  #end(reason, sentence) {
    if (this.#over) return;
    this.leave();
    this.#events.onEnded(reason, sentence);
  }
}

// Janus 1.1.2 can miss that a session is closed in the moment in which its media come up, and then goes on counting the
// person as there. So it is told first, and closed once it has understood.
async function sayGoodbye(connection) {
  const late = new Promise((resolve) => setTimeout(resolve, GOODBYE_WITHIN_MS));
  const said = connection.handle?.send({ request: "leave" }).catch(() => {});
  await Promise.race([said, late]);
  close(connection);
}

function close({ socket, feeds, link }) {
  feeds?.close();
  link?.peer.close();
  socket.close();
}

const isOn = (track) => Boolean(track?.enabled);
