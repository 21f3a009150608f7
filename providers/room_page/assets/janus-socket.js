// One connection to Janus: a session over a WebSocket, and in it handles to the video rooms.
// Source: https://janus.conf.meetecho.com/docs/rest.html#WS

const PLUGIN = "janus.plugin.videoroom";
const ANSWER_WITHIN_MS = 10_000;
const KEEP_ALIVE_EVERY_MS = 20_000;

// What Janus or its video rooms have said no to.
export class JanusError extends Error {
  constructor(code, reason) {
    super(`${code} ${reason}`);
    this.code = code;
  }
}

export class JanusSocket {
  #socket;
  #token;
  #session = null;
  #pending = new Map(); // transaction -> {resolve, reject, timer, untilEvent}
  #handles = new Map(); // id -> JanusHandle
  #keepAlive = null;
  #lost = false;

  // Called once, when the connection is lost without having been closed here.
  onLost = () => {};

  // Opens a session.
  static async open(url, token) {
    const made = new JanusSocket(url, token);
    try {
      await made.#opened();
      made.#session = (await made.request({ janus: "create" })).data.id;
    } catch (error) {
      made.close();
      throw error;
    }
    made.#keepAlive = setInterval(() => made.#checkAlive(), KEEP_ALIVE_EVERY_MS);
    return made;
  }

  constructor(url, token) {
    this.#token = token;
    this.#socket = new WebSocket(url, "janus-protocol");
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    this.#socket.onclose = () => this.#drop();
  }

  // Attaches to the video rooms once more.
  async attach() {
    const { data } = await this.request({ janus: "attach", plugin: PLUGIN });
    const handle = new JanusHandle(this, data.id);
    this.#handles.set(data.id, handle);
    return handle;
  }

  // Sends a request and resolves with its answer; with `untilEvent` that is what the plugin says, not that it was asked.
  request(body, { untilEvent = false } = {}) {
    if (this.#lost) return Promise.reject(new Error("the connection to Janus is lost"));
    const transaction = crypto.randomUUID();
    const session = this.#session === null ? {} : { session_id: this.#session };
    const answered = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#drop(), ANSWER_WITHIN_MS);
      this.#pending.set(transaction, { resolve, reject, timer, untilEvent });
    });
    this.#socket.send(JSON.stringify({ ...body, ...session, token: this.#token, transaction }));
    return answered;
  }

  // Ends the session, and with it everything in it; a connection that is only closed may be noticed late.
  close() {
    this.onLost = () => {};
    if (!this.#lost && this.#session !== null) this.request({ janus: "destroy" }).catch(() => {});
    this.#drop();
  }

  #opened() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#drop(), ANSWER_WITHIN_MS);
      const settle = (done) => (outcome) => {
        clearTimeout(timer);
        done(outcome);
      };
      this.#socket.onopen = settle(resolve);
      this.#pending.set("open", { resolve: settle(resolve), reject: settle(reject), timer });
    }).finally(() => this.#pending.delete("open"));
  }

  async #checkAlive() {
    try {
      await this.request({ janus: "keepalive" });
    } catch {
      this.#drop();
    }
  }

  #take(message) {
    if (message.janus === "timeout") return this.#drop();
    if (!this.#answer(message)) this.#handles.get(message.sender)?.take(message);
  }

  // Settles the request that a message answers; says whether there is one.
  #answer(message) {
    const asked = this.#pending.get(message.transaction);
    if (!asked) return false;
    if (message.janus === "ack" && asked.untilEvent) return true;
    this.#pending.delete(message.transaction);
    clearTimeout(asked.timer);
    const data = message.plugindata?.data;
    const error = message.error ?? (data?.error_code && { code: data.error_code, reason: data.error });
    if (error) asked.reject(new JanusError(error.code, error.reason));
    else asked.resolve(message);
    return true;
  }

  #drop() {
    if (this.#lost) return;
    this.#lost = true;
    clearInterval(this.#keepAlive);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new Error("the connection to Janus is lost"));
    }
    this.#pending.clear();
    this.onLost();
  }
}

// One attachment to the video rooms: somebody's own part in a room, or what they receive of others.
export class JanusHandle {
  #socket;
  #id;

  onEvent = () => {}; // ({data, jsep}): what the video rooms say unasked
  onCandidate = () => {}; // (candidate): where else Janus can be reached
  onHangUp = () => {}; // (): the media connection is gone

  constructor(socket, id) {
    this.#socket = socket;
    this.#id = id;
  }

  // Asks the video rooms for something and resolves with {data, jsep}.
  async send(body, jsep) {
    const message = { janus: "message", handle_id: this.#id, body, ...(jsep && { jsep }) };
    return opened(await this.#socket.request(message, { untilEvent: true }));
  }

  // Tells Janus where this browser can be reached; null ends the list.
  async trickle(candidate) {
    await this.#socket.request({ janus: "trickle", handle_id: this.#id, candidate: candidate ?? { completed: true } });
  }

  take(message) {
    if (message.janus === "event") this.onEvent(opened(message));
    else if (message.janus === "trickle") this.onCandidate(message.candidate);
    else if (message.janus === "hangup") this.onHangUp();
  }
}

function opened(message) {
  return { data: message.plugindata?.data ?? {}, jsep: message.jsep };
}
