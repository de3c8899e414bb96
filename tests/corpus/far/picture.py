#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A camera whose picture a scene makes: RTSP from GStreamer's server, the picture as its launch line says.
Serves until somebody ends it. Usage: picture.py ADDRESS PATH SERVER LAUNCH"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 pylint: disable=C0413

ADDRESS, PATH, SERVER, LAUNCH = sys.argv[1:5]


def name_server(_server, client):
    """Puts the maker's name in the place of GStreamer's."""
    def on_send(_client, _context, message):
        message.remove_header(GstRtsp.RTSPHeaderField.SERVER, -1)
        message.add_header(GstRtsp.RTSPHeaderField.SERVER, SERVER)

    client.connect("send-message", on_send)


Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address(ADDRESS)
server.set_service("554")
picture = GstRtspServer.RTSPMediaFactory()
picture.set_launch(f"( {LAUNCH} )")
picture.set_shared(True)
server.get_mount_points().add_factory(PATH, picture)
server.connect("client-connected", name_server)
server.attach(None)
GLib.MainLoop().run()
