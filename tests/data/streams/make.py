#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the tables of frame sizes again, with Debian's ffmpeg and x264, from pictures it computes.

Each table is one encoded stream (cN.txt), and what two programs make of it that decode and encode it
anew (cN.t.txt, cN.u.txt). See README.md for the form. `make.py DIR [cN]`; some 30 minutes
on two cores.
"""
import pathlib
import subprocess
import sys
import tempfile

SECONDS = 170
DIGITS = "".join(chr(c) for c in range(35, 125) if c != 92)  # 89 printable characters

NIGHT = "color=c=0x202028:s={s}:r={f},noise=alls={n}:allf=t+u"
CAR = ("color=c=0x404848:s={s}:r={f}[b];testsrc2=s=160x120:r={f}[o];[b][o]overlay="
       "x='mod(t*{v},W+200)-180':y='H/2+40*sin(t*{w})':enable='gt(sin(t*{p})+sin(t*{q}),{h})'"
       ",noise=alls={n}:allf=t")
SCENE = {
    # for tuning
    "pattern": "testsrc2=s={s}:r={f}",
    "zoom": "mandelbrot=s={s}:r={f}:start_x=-0.743643887037158704752191506114774",
    "yard": CAR.format(s="{s}", f="{f}", v=90, w=0.7, p=0.41, q=0.173, h=0.9, n=4),
    "night": NIGHT.format(s="{s}", f="{f}", n=18),
    "rain": "testsrc2=s={s}:r={f},noise=alls=25:allf=t",
    "door": CAR.format(s="{s}", f="{f}", v=140, w=1.9, p=0.23, q=0.611, h=1.2, n=2),
    # for the report
    "crowd": "life=s=240x136:r={f}:ratio=0.12:mold=20:life_color=#c0c0a0:mold_color=#404040,"
             "scale={s}:flags=bilinear",
    "sky": "gradients=s={s}:r={f}:speed=0.02:nb_colors=6:seed=7,noise=alls=6:allf=t",
    "street": CAR.format(s="{s}", f="{f}", v=210, w=1.3, p=0.53, q=0.311, h=0.2, n=6),
    "cells": "cellauto=s=240x136:r={f}:rule=110:seed=11,scale={s}:flags=neighbor",
    "cellar": NIGHT.format(s="{s}", f="{f}", n=30) + ",eq=brightness='0.04*sin(t*0.37)':eval=frame",
    "gate": "color=c=0x506050:s={s}:r={f}[b];mandelbrot=s=200x150:r={f}[o];[b][o]overlay="
            "x='W/3*(1+sin(t*0.9))':y=20:enable='gt(sin(t*0.19)+sin(t*0.47),0.4)'"
            ",noise=alls=3:allf=t",
}
# scene, size, frames a second, GOP in seconds, kbit/s, how the rate is held
STREAMS = [
    ("pattern", "480x270", 25, 1, 2000, "vbr"), ("zoom", "480x270", 25, 2, 1500, "cap"),
    ("yard", "640x360", 20, 2, 1000, "vbr"), ("night", "480x270", 15, 4, 512, "cbr"),
    ("rain", "640x360", 25, 2, 8000, "cbr"), ("door", "640x360", 25, 10, 1500, "vbr"),
    ("zoom", "640x360", 20, 4, 3000, "vbr"), ("yard", "480x270", 15, 1, 768, "cap"),
    ("night", "640x360", 25, 10, 4000, "vbr"), ("rain", "480x270", 20, 1, 3000, "cap"),
    ("door", "480x270", 25, 4, 1000, "cbr"), ("pattern", "640x360", 15, 10, 2500, "cap"),
    ("crowd", "480x270", 25, 2, 2000, "vbr"), ("sky", "640x360", 20, 4, 1000, "cap"),
    ("street", "640x360", 25, 1, 4000, "vbr"), ("cells", "480x270", 15, 2, 1500, "cbr"),
    ("cellar", "640x360", 25, 4, 8000, "vbr"), ("gate", "480x270", 25, 10, 1000, "vbr"),
    ("street", "480x270", 20, 10, 2000, "cap"), ("crowd", "640x360", 25, 4, 3000, "cbr"),
    ("gate", "640x360", 15, 2, 512, "cap"), ("cellar", "480x270", 20, 1, 2000, "cbr"),
    ("sky", "480x270", 25, 2, 768, "vbr"), ("cells", "640x360", 25, 10, 5000, "vbr"),
]


def rate(kbit, how):
    if how == "vbr":  # one quality, whatever it costs; the number is the mean to come near
        return ["-b:v", f"{kbit}k"]
    held = ["-b:v", f"{kbit}k", "-maxrate", f"{kbit}k", "-bufsize", f"{kbit}k"]
    return held + (["-x264-params", "nal-hrd=cbr"] if how == "cbr" else [])


def again_t(kbit, _fps, _n):
    """Smaller, at a third of the rate, key frames where the source has them."""
    return ["-vf", "scale=iw/2:-2", "-preset", "superfast", "-tune", "zerolatency",
            *rate(max(200, kbit // 3), "cap"), "-g", "1000", "-sc_threshold", "0",
            "-force_key_frames", "source"]


def again_u(kbit, fps, n):
    """As programs do it by themselves: nothing of the source's structure is kept."""
    kbit = max(200, kbit // 2)
    return [  # ffmpeg's own defaults; for a live service; a smaller picture, half as often
        ["-preset", "veryfast", "-crf", "28"],
        ["-preset", "veryfast", "-tune", "zerolatency", "-b:v", f"{kbit}k", "-maxrate",
         f"{kbit}k", "-bufsize", f"{2 * kbit}k", "-g", str(2 * fps)],
        ["-vf", "scale=iw/2:-2", "-r", f"{fps}/2", "-preset", "superfast", "-b:v",
         f"{max(200, kbit // 2)}k"],
    ][n % 3]


def run(*args):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-threads", "2", *args], check=True)


def sizes(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries",
                          "packet=size", "-of", "csv=p=0", path], check=True, capture_output=True,
                         text=True).stdout
    return [int(line.strip().rstrip(",")) for line in out.split()]


def write(path, frames, head):
    base = len(DIGITS)
    unit = max(1, -(-max(frames) // (base * base - 1)))
    text = ""
    for n in frames:
        n = min(base * base - 1, max(1, round(n / unit)))
        text += DIGITS[n // base] + DIGITS[n % base]
    lines = [text[i:i + 100] for i in range(0, len(text), 100)]
    path.write_text(f"# SPDX-License-Identifier: Apache-2.0\n{head} unit={unit} frames={len(frames)}\n" + "\n".join(lines) + "\n")


def main():
    out = pathlib.Path(sys.argv[1])
    only = set(sys.argv[2:])
    for n, (scene, size, fps, gop, kbit, how) in enumerate(STREAMS):
        name = f"c{n:02d}"
        if only and name not in only:
            continue
        head = f"{scene} {size} fps={fps} gop={gop} kbit={kbit} {how}"
        with tempfile.TemporaryDirectory() as tmp:
            first, again = f"{tmp}/a.mkv", f"{tmp}/b.mkv"
            source = SCENE[scene].format(s=size, f=fps)
            keys = ["-g", str(fps * gop), "-keyint_min", str(fps * gop), "-sc_threshold", "0"]
            run("-filter_complex", source + ",format=yuv420p", "-t", str(SECONDS), "-c:v",
                "libx264", "-preset", "superfast", "-bf", "0", *rate(kbit, how), *keys, first)
            write(out / f"{name}.txt", sizes(first), head)
            for kind, way in (("t", again_t), ("u", again_u)):
                run("-i", first, *way(kbit, fps, n), "-c:v", "libx264", again)
                write(out / f"{name}.{kind}.txt", sizes(again), head + " again")
        print(name, head, flush=True)


if __name__ == "__main__":
    main()
