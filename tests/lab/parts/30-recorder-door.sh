#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records the door, and shows it live to the web front end: motion.
# lab: on=nvr side=seen ready=tcp:8081
mkdir -p "$LAB/recordings/door"
cat >"$LAB/motion.conf" <<END
daemon off
setup_mode off
log_file $LAB/motion.log
log_level 5
netcam_url rtsp://${LAB_AT_DOOR}door.cam.lan/axis-media/media.amp
width 320
height 240
framerate 8
target_dir $LAB/recordings/door
emulate_motion on
picture_output off
movie_output on
movie_passthrough on
movie_max_time 5
movie_filename %H%M%S
stream_port 8081
stream_localhost on
stream_maxrate 8
webcontrol_port 0
END
exec motion -n -c "$LAB/motion.conf"
