// The connection to one other browser. Either side may begin anew at any time; both then agree on the newest connection.
// Negotiates as in https://www.w3.org/TR/webrtc/#perfect-negotiation-example

const VIDEO_MAX_BPS = 900_000;
const ANSWER_MS = 10_000;
const FIRST_OFFER_MS = 4_000;
const RECOVERY_MS = 5_000;
const POLITE_MS = 3_000;
const TROUBLE_MS = 8_000;

export class Peer {
  #options;
  #connection;
  #own; // Names this connection among those that this side has opened.
  #theirs; // Names the other side's, once it is known.
  #making = false;
  #closed = false;
  #timer = 0;
  #apartSince = null;
  #work = Promise.resolve();

  // `calls` says whether this side begins; the other one waits, and begins itself when nothing comes.
  constructor(options) {
    this.#options = options;
    this.#open();
    if (options.calls) this.#call();
    else this.#beginLater(FIRST_OFFER_MS);
  }

  get isConnected() {
    return this.#connection.connectionState === "connected";
  }

  take(message) {
    this.#work = this.#work.then(() => (this.#closed ? undefined : this.#handle(message))).catch((error) => {
      console.info("A connection begins anew:", error.message);
      this.#beginLater(RECOVERY_MS);
    });
  }

  async send(kind) {
    const sender = this.#connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)?.sender;
    await sender?.replaceTrack(this.#options.tracks[kind]);
  }

  // What was under way when the app was away is lost.
  resume() {
    if (!this.isConnected) this.#begin();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#connection.close();
  }

  #open() {
    this.#connection?.close();
    const connection = new RTCPeerConnection(this.#options.ice);
    const stream = new MediaStream();
    this.#connection = connection;
    this.#own = crypto.randomUUID();
    this.#theirs = null;
    this.#making = false;
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) this.#signal(connection, { candidate: candidate.toJSON() });
    };
    connection.ontrack = ({ track }) => {
      stream.addTrack(track);
      if (connection === this.#connection) this.#options.onStream(stream);
    };
    connection.onnegotiationneeded = () => this.#offer(connection);
    connection.onconnectionstatechange = () => this.#changed(connection);
    this.#apartSince ??= performance.now();
    // Whichever side begins anew, a connection that does not come about in this time is in trouble.
    this.#options.onLink(performance.now() - this.#apartSince < TROUBLE_MS ? "connecting" : "failed");
  }

  #begin() {
    if (this.#closed) return;
    this.#open();
    if (!this.#closed) this.#call();
  }

  #call() {
    for (const kind of ["audio", "video"]) {
      const { sender } = this.#connection.addTransceiver(kind, { direction: "sendrecv" });
      this.#prepare(sender, kind);
    }
    this.#beginLater(ANSWER_MS);
  }

  async #prepare(sender, kind) {
    await sender.replaceTrack(this.#options.tracks[kind]);
    if (kind !== "video") return;
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length) parameters.encodings = [{}];
    parameters.encodings[0].maxBitrate = VIDEO_MAX_BPS;
    await sender.setParameters(parameters).catch(() => {}); // A browser that will not be limited sends as it likes.
  }

  async #offer(connection) {
    // The side that waits has nothing to offer until it answers or begins itself.
    if (connection !== this.#connection || connection.signalingState !== "stable") return;
    try {
      this.#making = true;
      await connection.setLocalDescription();
      this.#signal(connection, { description: connection.localDescription.toJSON() });
    } catch (error) {
      if (connection === this.#connection && !this.#closed) console.info("An offer could not be made:", error.message);
    } finally {
      if (connection === this.#connection) this.#making = false;
    }
  }

  async #handle({ from_connection: from, to_connection: to, description, candidate }) {
    if (to && to !== this.#own) return; // Meant for a connection that is closed already.
    if (description?.type === "offer") await this.#takeOffer(from, description);
    else if (description) await this.#takeAnswer(from, description);
    else if (from === this.#theirs) await this.#connection.addIceCandidate(candidate);
  }

  async #takeOffer(from, description) {
    const isNew = from !== this.#theirs;
    const collides = this.#making || this.#connection.signalingState !== "stable";
    if (collides && !this.#options.isPolite && !(isNew && this.#theirs)) return; // Ours stands.
    if (isNew && (this.#theirs || collides)) this.#open();
    const connection = this.#connection;
    this.#theirs = from;
    await connection.setRemoteDescription(description);
    for (const transceiver of connection.getTransceivers()) {
      transceiver.direction = "sendrecv";
      await this.#prepare(transceiver.sender, transceiver.receiver.track.kind);
    }
    await connection.setLocalDescription();
    this.#signal(connection, { description: connection.localDescription.toJSON() });
    if (!this.isConnected) this.#beginLater(ANSWER_MS);
  }

  async #takeAnswer(from, description) {
    if (this.#connection.signalingState !== "have-local-offer" || (this.#theirs && from !== this.#theirs)) return;
    this.#theirs = from;
    await this.#connection.setRemoteDescription(description);
  }

  #signal(connection, content) {
    if (connection !== this.#connection || this.#closed) return;
    this.#options.signal({ from_connection: this.#own, ...(this.#theirs && { to_connection: this.#theirs }), ...content });
  }

  #changed(connection) {
    if (connection !== this.#connection || this.#closed) return;
    switch (connection.connectionState) {
      case "connected":
        clearTimeout(this.#timer);
        this.#apartSince = null;
        return this.#options.onLink("connected");
      case "disconnected":
        this.#apartSince ??= performance.now();
        this.#options.onLink("lost");
        return this.#beginLater(RECOVERY_MS);
      case "failed":
        this.#options.onLink("failed");
        return this.#beginLater(0);
      default:
        return undefined;
    }
  }

  // Begins anew unless there is a connection by then; the polite side leaves it to the other one first.
  #beginLater(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.isConnected || this.#closed) return;
      this.#begin();
    }, ms + (this.#options.isPolite ? POLITE_MS : 0));
  }
}
