// The connection to the app, which comes back by itself until the app says that the call is over.

const PAUSES_MS = [100, 300, 700, 1500, 3000, 5000];
const PING_MS = 10_000;
const PONG_MS = 8_000;

function randomHex(bytes) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function address() {
  const url = new URL(`${location.pathname.replace(/\/$/, "")}/socket`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

export class SignalSocket {
  #hello;
  #onMessage;
  #onDown;
  #socket = null;
  #welcome = false;
  #over = false;
  #tries = 0;
  #timers = {};
  // By this number the app knows the page again; it is never kept, so that a second tab is somebody of its own.
  #page = randomHex(16);

  constructor({ hello, onMessage, onDown }) {
    this.#hello = hello;
    this.#onMessage = onMessage;
    this.#onDown = onDown;
    window.addEventListener("online", this.#onOnline);
  }

  open() {
    clearTimeout(this.#timers.retry);
    const socket = new WebSocket(address());
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", page: this.#page, ...this.#hello() }));
    socket.onmessage = ({ data }) => { if (socket === this.#socket) this.#take(JSON.parse(data)); };
    socket.onclose = () => { if (socket === this.#socket) this.#down(); };
    this.#expect(PING_MS + PONG_MS);
  }

  // What cannot be sent now is dropped: after a reconnection both sides begin anew with what they lack.
  send(message) {
    if (this.#welcome && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close() {
    this.#over = true;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    window.removeEventListener("online", this.#onOnline);
    this.#socket?.close(1000);
  }

  #onOnline = () => { if (!this.#welcome && !this.#over) this.open(); };

  #take(message) {
    this.#expect(PING_MS + PONG_MS);
    if (message.type === "welcome") {
      this.#welcome = true;
      this.#tries = 0;
      this.#ping();
    }
    if (message.type !== "pong") this.#onMessage(message);
  }

  #ping() {
    clearTimeout(this.#timers.ping);
    this.#timers.ping = setTimeout(() => { this.send({ type: "ping" }); this.#ping(); }, PING_MS);
  }

  // A connection on which nothing comes any more is given up; a browser alone would wait for many minutes.
  #expect(withinMs) {
    clearTimeout(this.#timers.silence);
    if (!this.#over) this.#timers.silence = setTimeout(() => this.#down(), withinMs);
  }

  #down() {
    if (this.#over) return;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#welcome = false;
    clearTimeout(this.#timers.ping);
    clearTimeout(this.#timers.silence);
    this.#onDown();
    const pause = PAUSES_MS[Math.min(this.#tries, PAUSES_MS.length - 1)];
    this.#tries += 1;
    this.#timers.retry = setTimeout(() => this.open(), pause * (0.75 + Math.random() / 2));
  }
}
