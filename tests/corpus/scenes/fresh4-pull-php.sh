#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=direct-pull half=report tool=php camera=10.20.0.11 seconds=26 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A program in PHP speaks RTSP to gate by itself and keeps what it gets in a file.
# shellcheck disable=SC2016 # PHP has its own variables
timeout 30 php -r '$cam = fsockopen("10.20.0.11", 554); $n = 0; $id = "";
function say($verb, $url, $more = "") { global $cam, $n, $id; $n++;
	fwrite($cam, "$verb $url RTSP/1.0\r\nCSeq: $n\r\n" . ($id ? "Session: $id\r\n" : "") . "$more\r\n"); $head = "";
	while (($line = fgets($cam)) !== "\r\n") $head .= $line;
	if (preg_match("/^Session: *([^;\r]+)/mi", $head, $m)) $id = $m[1];
	return preg_match("/^Content-Length: *(\d+)/mi", $head, $m) ? stream_get_contents($cam, (int) $m[1]) : ""; }
$url = "rtsp://10.20.0.11/Streaming/Channels/101"; preg_match_all("/^a=control:(\S+)/m", say("DESCRIBE", $url, "Accept: application/sdp\r\n"), $m); $track = end($m[1]);
say("SETUP", strpos($track, "rtsp:") === 0 ? $track : "$url/$track", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"); say("PLAY", $url);
$keep = fopen($argv[1], "w"); $late = time() + 22; while (time() < $late) fwrite($keep, fread($cam, 65536));' "$LAB/kept"
[ "$(stat -c %s "$LAB/kept")" -gt 300000 ]
