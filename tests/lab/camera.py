#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A camera: RTSP over TCP and UDP from GStreamer's server with a live H.264 picture, and the faces
that makers' cameras show: an HTTP server with ONVIF's device service, WS-Discovery's answer.
Header strings are those that makers' devices were seen with. Serves until somebody ends it.
LAB_LOGIN=user:password is what it asks for, over RTSP as SCHEME has it, over HTTP and in ONVIF's
messages by Basic, or a token of WS-Security, with the password or its digest.
Usage: camera.py ADDRESS PATH HTTP-SERVER RTSP-SERVER NAME HARDWARE KBIT Basic|Digest"""

import base64
import hashlib
import http.server
import os
import sys
import threading
import urllib.parse
from xml.etree import ElementTree

import gi

import discovery

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 pylint: disable=C0413

ADDRESS, PATH, HTTP_SERVER, RTSP_SERVER, NAME, HARDWARE, KBIT, SCHEME = sys.argv[1:9]
USER, _, PASSWORD = os.environ["LAB_LOGIN"].partition(":")
PICTURE = ("( videotestsrc is-live=true pattern=snow ! video/x-raw,width=320,height=240,framerate=8/1"
           f" ! x264enc tune=zerolatency speed-preset=ultrafast bitrate={KBIT} key-int-max=16"
           " ! rtph264pay name=pay0 pt=96 config-interval=-1 )")
SOAP = ('<?xml version="1.0" encoding="UTF-8"?><s:Envelope'
        ' xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{body}</s:Body></s:Envelope>')
DEVICE = ('<tds:GetDeviceInformationResponse xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
          f"<tds:Manufacturer>{NAME.split()[0]}</tds:Manufacturer><tds:Model>{HARDWARE}</tds:Model>"
          "<tds:FirmwareVersion>V5.6.3</tds:FirmwareVersion></tds:GetDeviceInformationResponse>")
SCOPES = [f"onvif://www.onvif.org/name/{urllib.parse.quote(NAME)}",
          f"onvif://www.onvif.org/hardware/{HARDWARE}"]


def has_token(body):
    """Whether a message has WS-Security's token of who may ask."""
    said = {tag.tag.rpartition("}")[2]: tag for tag in ElementTree.fromstring(body).iter()}
    if not {"Username", "Password"} <= set(said) or said["Username"].text != USER:
        return False
    password = said["Password"]
    if password.get("Type", "").endswith("#PasswordText"):
        return password.text == PASSWORD
    made = base64.b64decode(said["Nonce"].text) + said["Created"].text.encode() + PASSWORD.encode()
    return password.text == base64.b64encode(hashlib.sha1(made).digest()).decode()


class Face(http.server.BaseHTTPRequestHandler):
    """The camera's web server."""

    def version_string(self):
        return HTTP_SERVER

    def may(self, body=b""):
        """Whether who asks may; says so when not."""
        basic = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if not USER or self.headers.get("Authorization") == basic or (body and has_token(body)):
            return True
        self.send_response(401)
        self.send_header("WWW-Authenticate", f'Basic realm="{NAME}"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def answer(self, text, kind):
        """One answer; the connection ends with it."""
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):  # pylint: disable=C0103
        """The start page."""
        if self.may():
            self.answer(f"<html><title>{NAME}</title></html>", "text/html")

    def do_POST(self):  # pylint: disable=C0103
        """ONVIF."""
        if self.may(self.rfile.read(int(self.headers.get("Content-Length", 0)))):
            self.answer(SOAP.format(body=DEVICE), "application/soap+xml")


def name_server(_server, client):
    """Puts the maker's name in the place of GStreamer's into every answer."""
    def on_send(_client, _context, message):
        message.remove_header(GstRtsp.RTSPHeaderField.SERVER, -1)
        message.add_header(GstRtsp.RTSPHeaderField.SERVER, RTSP_SERVER)

    client.connect("send-message", on_send)


def ask(server, picture):
    """Only who has the login sees it."""
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", USER)
    if SCHEME == "Digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(USER, PASSWORD, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(USER, PASSWORD), token)
    rights = GstRtspServer.RTSPPermissions()
    for right in ("access", "construct"):
        rights.add_permission_for_role(USER, f"media.factory.{right}", True)
    picture.set_permissions(rights)
    server.set_auth(auth)


def main():
    """Until somebody ends it."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(ADDRESS)
    server.set_service("554")
    picture = GstRtspServer.RTSPMediaFactory()
    picture.set_launch(PICTURE)
    picture.set_shared(True)
    if USER:
        ask(server, picture)
    server.get_mount_points().add_factory(PATH, picture)
    server.connect("client-connected", name_server)
    server.attach(None)
    web = http.server.ThreadingHTTPServer((ADDRESS, 80), Face)
    for work in (web.serve_forever, discovery.Device(ADDRESS, discovery.CAMERA, SCOPES).serve):
        threading.Thread(target=work, daemon=True).start()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
