// The media connection of one Janus handle, with its addresses sent and taken as they are found.

export function janusPeer(handle, ice, onLost) {
  const peer = new RTCPeerConnection({ ...ice, bundlePolicy: "max-bundle" });
  const early = []; // Janus may name its addresses before its description has been taken

  peer.onicecandidate = ({ candidate }) => {
    handle.trickle(candidate?.toJSON() ?? null).catch(() => {}); // a lost connection is told by the socket
  };
  peer.onconnectionstatechange = () => {
    if (peer.connectionState === "failed") onLost();
  };
  handle.onHangUp = onLost;
  handle.onCandidate = (candidate) => {
    if (!candidate || candidate.completed) return;
    if (peer.remoteDescription) add(candidate);
    else early.push(candidate);
  };

  function add(candidate) {
    peer.addIceCandidate(candidate).catch(() => {}); // one address of several that this browser cannot use
  }

  return {
    peer,
    async takeDescription(jsep) {
      await peer.setRemoteDescription(jsep);
      early.splice(0).forEach(add);
    },
  };
}
