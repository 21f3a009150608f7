// Where the page begins: through the door, into the lobby, into the call, and out again.
import { Call } from "./call.js";
import { enter, kept, takeToken } from "./door.js";
import { waitInLobby } from "./lobby.js";
import { LocalMedia } from "./media.js";
import { showNotice } from "./screens.js";

const isSupported = () => Boolean(window.isSecureContext && window.RTCPeerConnection && navigator.mediaDevices?.getUserMedia);

// Goes on with a call that this tab was in before it was loaded anew, without the lobby.
async function reopen(media) {
  const { ids, audio, video } = kept();
  media.ids = { audio: "", video: "", ...ids };
  await media.openAll(["audio", ...(video ? ["video"] : [])]);
  if (media.track("audio")) media.track("audio").enabled = audio;
}

// What connects people is loaded before anybody waits for it.
async function loadBackend(name) {
  try {
    return (await import(`./${name}.js`)).connect;
  } catch {
    return null;
  }
}

const isReload = () => performance.getEntriesByType("navigation")[0]?.type === "reload";

// One time through, until the person wants to try again; returns the token to do so with.
async function visit(token) {
  const entry = await enter(token);
  if (entry.code) {
    await showNotice(entry.code, entry.sentence);
    return token;
  }
  const connect = await loadBackend(entry.backend);
  if (!connect) {
    await showNotice("unreachable");
    return token;
  }
  const media = new LocalMedia();
  if (kept().joined && isReload()) await reopen(media);
  else await waitInLobby(entry.name, media);
  const end = await new Call(entry, media, connect).run();
  await showNotice(end.reason, end.sentence);
  return entry.resume;
}

async function begin() {
  let token = takeToken();
  if (!isSupported()) await showNotice("unsupported");
  if (!token) await showNotice("stranger");
  for (;;) {
    token = await visit(token);
    showNotice("opening");
  }
}

// A new link in a tab that has the room open already changes only what is behind the #.
window.onhashchange = () => { if (location.hash.length > 1) location.reload(); };
// A page that the browser kept in memory has lost its connections.
window.onpageshow = ({ persisted }) => { if (persisted) location.reload(); };
begin();
