// The person's own camera, microphone and screen.
import { words } from "./words.js";

const CAMERA = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 30 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

function wanted(kind, id) {
  const device = id ? { deviceId: { exact: id } } : {};
  return { [kind]: { ...(kind === "video" ? CAMERA : MICROPHONE), ...device } };
}

// Says why a device, or "both", cannot be used, and what to do.
export function problemOf(kind, error) {
  switch (error?.name) {
    case "NotAllowedError":
      return words(`${kind}_not_allowed`);
    case "NotFoundError":
    case "OverconstrainedError":
      return words(`${kind}_not_found`);
    case "NotReadableError":
      return words(`${kind}_in_use`);
    default:
      return words(`${kind}_not_usable`);
  }
}

export class LocalMedia {
  // What is sent: at most one track of each kind. A microphone that is muted keeps its track, a camera that is off has none.
  stream = new MediaStream();
  ids = { audio: "", video: "" };
  onLost = () => {};

  track(kind) {
    return this.stream.getTracks().find((track) => track.kind === kind) ?? null;
  }

  isOn(kind) {
    return this.track(kind)?.enabled ?? false;
  }

  // Opens what can be opened with one question to the person; returns what kept the rest from it.
  async openAll(kinds) {
    const problems = {};
    if (kinds.length > 1) {
      try {
        const both = await navigator.mediaDevices.getUserMedia({ ...wanted("audio", this.ids.audio), ...wanted("video", this.ids.video) });
        for (const track of both.getTracks()) this.#use(track);
        return problems;
      } catch (error) {
        // Who has said no is not asked twice.
        if (error.name === "NotAllowedError") return { audio: error, video: error };
      }
    }
    for (const kind of kinds) {
      await this.open(kind).catch((error) => { problems[kind] = error; });
    }
    return problems;
  }

  async open(kind) {
    let opened;
    try {
      opened = await navigator.mediaDevices.getUserMedia(wanted(kind, this.ids[kind]));
    } catch (error) {
      // The device that was chosen once is not there today.
      if (error.name !== "OverconstrainedError" || !this.ids[kind]) throw error;
      this.ids[kind] = "";
      opened = await navigator.mediaDevices.getUserMedia(wanted(kind, ""));
    }
    this.#use(opened.getTracks()[0]);
    return this.track(kind);
  }

  close(kind) {
    const track = this.track(kind);
    if (!track) return;
    track.stop();
    this.stream.removeTrack(track);
  }

  closeAll() {
    for (const kind of ["audio", "video"]) this.close(kind);
  }

  // Switches on or off; returns the track that is sent from now on.
  async switch(kind, on) {
    if (kind === "video" && !on) this.close("video");
    else if (this.track(kind)) this.track(kind).enabled = on;
    else if (on) await this.open(kind);
    return this.track(kind);
  }

  #use(track) {
    this.close(track.kind);
    this.ids[track.kind] = track.getSettings().deviceId ?? "";
    this.stream.addTrack(track);
    track.onended = () => { this.close(track.kind); this.onLost(track.kind); };
  }
}

export const canShareScreen = () => Boolean(navigator.mediaDevices?.getDisplayMedia);

export async function openScreen() {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 10, max: 15 } }, audio: false });
  const [track] = stream.getVideoTracks();
  track.contentHint = "detail";
  return track;
}

export async function devices(kind) {
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((device) => device.kind === `${kind}input` && device.deviceId);
}
