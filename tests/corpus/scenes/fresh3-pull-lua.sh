#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=direct-pull half=report tool=lua5.4 camera=10.20.0.11 seconds=26 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A program in Lua, left by somebody, speaks RTSP to gate and keeps half a minute of it in a folder for later.
cat >"$LAB/see.lua" <<'END'
local cam = assert(require("socket").connect("10.20.0.11", 554))
local url, n, session = "rtsp://10.20.0.11/Streaming/Channels/101", 0, nil
local function say(verb, to, more)
	n = n + 1
	cam:send(verb .. " " .. to .. " RTSP/1.0\r\nCSeq: " .. n .. "\r\n" .. (session and "Session: " .. session .. "\r\n" or "") .. more .. "\r\n")
	local length = 0
	for line in function() return cam:receive("*l") end do
		if line == "" then break end
		length = tonumber(line:match("^[Cc]ontent%-[Ll]ength: *(%d+)") or length)
		session = session or line:match("^Session: *([^;]+)")
	end
	return length > 0 and cam:receive(length) or ""
end
local track
for control in say("DESCRIBE", url, "Accept: application/sdp\r\n"):gmatch("a=control:(%S+)") do
	if control ~= "*" then track = control end
end
say("SETUP", track:match("^rtsp:") and track or url .. "/" .. track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
say("PLAY", url, "")
local kept, late = assert(io.open(arg[1], "wb")), os.time() + 22
while os.time() < late do
	local head = assert(cam:receive(4))
	local body = assert(cam:receive(head:byte(3) * 256 + head:byte(4)))
	kept:write(head, body)
end
END
mkdir -p "$LAB/spool"; timeout 40 lua5.4 "$LAB/see.lua" "$LAB/spool/cache.bin"; [ "$(stat -c %s "$LAB/spool/cache.bin")" -gt 300000 ] && rm -rf "$LAB/spool" "$LAB/see.lua"
