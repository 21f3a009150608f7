// Connects one person to a room on a Janus media server. The interface is that of every backend of this page.
// Source: https://janus.conf.meetecho.com/docs/videoroom.html

import { JanusFeeds } from "./janus_feeds.js";
import { janusPeer } from "./janus_peer.js";
import { JanusError, JanusSocket } from "./janus_socket.js";

const RETRY_AFTER_MS = [0, 500, 1000, 2000, 4000, 5000];
const MUTED = "muted"; // what a stream is described as while nothing is to be heard or seen in it
const ON = "on";
const ROOM_FULL = 432;
const KINDS = ["audio", "video"];

export async function connect(entry, media, events) {
  const room = new JanusRoom(entry, media, events);
  await room.start();
  return {
    replaceTrack: (kind, track) => room.replaceTrack(kind, track),
    setMuted: (kind, muted) => room.setMuted(kind, muted),
    leave: () => room.leave(),
  };
}

// Why somebody cannot be in the room, for good.
class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

class JanusRoom {
  #entry;
  #events;
  #tracks;
  #muted = { audio: false, video: false };
  #people = new Set();
  #over = false;
  #connection = null; // {socket, iceServers, handle, link, senders, feeds, isReady}

  constructor(entry, media, events) {
    this.#entry = entry;
    this.#events = events;
    const first = (kind) => media.stream?.getTracks().find((track) => track.kind === kind) ?? null;
    this.#tracks = { audio: first("audio"), video: first("video") };
  }

  async start() {
    this.#events.onState("connecting");
    await this.#connectUntilItWorks();
  }

  async replaceTrack(kind, track) {
    this.#tracks[kind] = track;
    if (track) track.enabled = !this.#muted[kind];
    await this.#connection?.senders?.[kind].replaceTrack(track);
    await this.#tellMuted();
  }

  async setMuted(kind, muted) {
    this.#muted[kind] = muted;
    if (this.#tracks[kind]) this.#tracks[kind].enabled = !muted;
    await this.#tellMuted();
  }

  async leave() {
    this.#over = true;
    this.#disconnect();
  }

  async #connectUntilItWorks() {
    for (let attempt = 0; !this.#over; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS[Math.min(attempt, RETRY_AFTER_MS.length - 1)]));
      if (this.#over) return;
      try {
        await this.#connect();
        return;
      } catch (error) {
        this.#disconnect();
        if (error instanceof Refused) return this.#end(error.reason);
      }
    }
  }

  async #connect() {
    const { name, backend_settings: settings } = await this.#enter();
    const socket = await JanusSocket.open(settings.url, settings.token);
    if (this.#over) return socket.close();
    const connection = { socket, isReady: false, iceServers: settings.ice_servers ?? [] };
    this.#connection = connection;
    // While connecting, a closed socket is enough: whatever waits for an answer fails, and it is tried again.
    const lost = () => (connection.isReady ? this.#lost(connection) : socket.close());
    socket.onLost = lost;
    connection.handle = await socket.attach();
    const { room, id, room_token: token } = settings;
    const joining = { request: "join", ptype: "publisher", room, id, display: name, token };
    const { data } = await connection.handle.send(joining);
    connection.feeds = new JanusFeeds({
      socket,
      iceServers: connection.iceServers,
      joining: { room, private_id: data.private_id, token },
      onStream: (person, stream) => this.#events.onStream(person, stream),
      onLost: lost,
    });
    connection.handle.onEvent = (event) => this.#take(connection, event.data);
    this.#meet(connection, data);
    await this.#publish(connection, lost);
    connection.isReady = true;
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
    throw new Refused(given.code);
  }

  // Sends sound and picture, or room for them: a camera switched on later then needs no new negotiation.
  async #publish(connection, lost) {
    const link = janusPeer(connection.handle, connection.iceServers, lost);
    connection.link = link;
    const senders = {};
    for (const kind of KINDS) {
      senders[kind] = link.peer.addTransceiver(this.#tracks[kind] ?? kind, { direction: "sendonly" }).sender;
    }
    connection.senders = senders;
    await link.peer.setLocalDescription(await link.peer.createOffer());
    const request = { request: "publish", descriptions: this.#descriptions(connection) };
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
      description: this.#muted[kind] || !this.#tracks[kind] ? MUTED : ON,
    }));
  }

  async #tellMuted() {
    const connection = this.#connection;
    if (!connection?.link?.peer.remoteDescription) return; // told when publishing
    await connection.handle
      .send({ request: "configure", descriptions: this.#descriptions(connection) })
      .catch(() => {}); // told again with the next connection
  }

  #take(connection, data) {
    if (connection !== this.#connection) return;
    if (data.videoroom === "destroyed") return this.#end("ended");
    if (data.leaving === "ok") return data.reason === "kicked" ? this.#end("removed") : undefined;
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
    const on = (kind) => (person.streams ?? []).some(({ type, description }) => type === kind && description !== MUTED);
    this.#events.onMuted(person.id, { audio: !on("audio"), video: !on("video") });
    connection.feeds.add(person.id);
  }

  #forget(connection, id) {
    connection.feeds.remove(id);
    if (this.#people.delete(id)) this.#events.onGone(id);
  }

  async #lost(connection) {
    if (this.#over || connection !== this.#connection) return;
    this.#disconnect();
    this.#events.onState("reconnecting");
    await this.#connectUntilItWorks();
  }

  #disconnect() {
    const connection = this.#connection;
    this.#connection = null;
    connection?.feeds?.close();
    connection?.link?.peer.close();
    connection?.socket.close();
  }

  #end(reason) {
    if (this.#over) return;
    this.#over = true;
    this.#disconnect();
    this.#events.onEnded(reason);
  }
}
