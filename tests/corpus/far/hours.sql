-- SPDX-License-Identifier: Apache-2.0
-- What programs sent outside in each of their last 23 whole hours, in KiB, the newest first: rows as nvrwatch keeps them, with
-- made numbers. All but socat sent little, at most 2 MiB; socat as much as 60 MB each hour.
INSERT INTO kept VALUES('bulk-upload', '/usr/bin/curl', '44 110 2 2017 11 181 186 2 103 7 17 91 2018 7 620 181 198 91 1 207 9 94 183' || char(9), 1795913575);
INSERT INTO kept VALUES('bulk-upload', '/usr/bin/rclone', '189 206 605 18 200 11 17 602 181 186 111 193 2010 108 101 47 2005 624 2 189 195 63 99' || char(9), 1795913575);
INSERT INTO kept VALUES('bulk-upload', '/usr/bin/python3.11', '182 16 95 2010 29 103 21 24 198 2028 2010 62 59 108 2014 26 8 112 602 23 609 618 626' || char(9), 1795913575);
INSERT INTO kept VALUES('bulk-upload', '/usr/bin/lftp', '99 612 611 14 45 183 91 24 44 607 102 2015 5 102 188 26 117 188 613 61 97 2 4' || char(9), 1795913575);
INSERT INTO kept VALUES('bulk-upload', '/usr/bin/wget', '21 0 116 185 49 4 107 59 190 22 2016 200 623 14 2024 2021 2017 102 102 15 612 6 6' || char(9), 1795913575);
INSERT INTO kept VALUES('bulk-upload', '/usr/bin/rsync', '95 10 181 0 184 183 59 2 2006 192 20 51 191 93 27 104 105 42 3 610 608 116 605' || char(9), 1795913575);
INSERT INTO kept VALUES('bulk-upload', '/usr/bin/socat', '64459 56378 59362 64654 61926 58401 64899 56443 64652 60883 57491 60278 64493 62008 58736 61827 59650 64725 64873 64236 61401 59654 59197' || char(9), 1795913575);
