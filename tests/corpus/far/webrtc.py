#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""WebRTC by aiortc: on the recording server it offers the picture of gate, outside it takes it; what they
say to each other about themselves goes by files. Usage: webrtc.py nvr|out, with LAB"""

import asyncio
import os
import sys

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole, MediaPlayer

CAMERA = "rtsp://gate.cam.lan/Streaming/Channels/101"
STUN = RTCConfiguration([RTCIceServer("stun:203.0.113.66:3478")])


def say(kind, description):
    """For the other end."""
    path = f"{os.environ['LAB']}/webrtc.{kind}"
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.write(description.sdp)
    os.rename(f"{path}.new", path)


async def heard(kind):
    """From the other end."""
    path = f"{os.environ['LAB']}/webrtc.{kind}"
    while not os.path.exists(path):
        await asyncio.sleep(0.1)
    with open(path, encoding="utf-8") as file:
        sdp = file.read()
    os.unlink(path)
    return RTCSessionDescription(sdp, kind)


async def main(host):
    """Both ends, until they are ended."""
    peer = RTCPeerConnection(STUN)
    if host == "nvr":
        peer.addTrack(MediaPlayer(CAMERA, options={"rtsp_transport": "tcp"}).video)
        await peer.setLocalDescription(await peer.createOffer())
        say("offer", peer.localDescription)
        await peer.setRemoteDescription(await heard("answer"))
    else:
        sink = MediaBlackhole()
        peer.on("track", sink.addTrack)
        await peer.setRemoteDescription(await heard("offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        say("answer", peer.localDescription)
        await sink.start()
    await asyncio.sleep(60)


asyncio.run(main(sys.argv[1]))
