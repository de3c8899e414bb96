# SPDX-License-Identifier: Apache-2.0
"""The comparison's own tests, on made-up readings: python3 -m unittest discover -s tests/agreement.
Needs neither tshark nor captures."""

import io
import sys
import unittest

sys.dont_write_bytecode = True

import agreement  # noqa: E402 pylint: disable=wrong-import-position
import compare  # noqa: E402 pylint: disable=wrong-import-position
import ja4  # noqa: E402 pylint: disable=wrong-import-position
import oracle  # noqa: E402 pylint: disable=wrong-import-position


class Fingerprint(unittest.TestCase):
    """JA4's own example, and its corners."""

    HELLO = {
        "version": 0x0303, "versions": [0x1A1A, 0x0304, 0x0303],
        "ciphers": [0x2A2A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8,
                    0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035],
        "extensions": [0x3A3A, 0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D,
                       0x0005, 0x0023, 0x0012, 0x002B, 0xFF01, 0x000B, 0x000A, 0x0015],
        "algorithms": [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
        "alpn": b"h2"}

    def test_the_specifications_example(self):
        """FoxIO's JA4.md."""
        self.assertEqual(ja4.ja4("t", self.HELLO), "t13d1516h2_8daaf6152771_e5627efa2ab1")

    def test_corners(self):
        """Nothing offered; an ALPN that is no letter; algorithms of other extensions."""
        bare = {"version": 0x0301, "versions": [], "ciphers": [], "extensions": [],
                "algorithms": [], "alpn": b"\xab\xcd"}
        self.assertEqual(ja4.ja4("q", bare), "q10i0000ad_000000000000_000000000000")
        self.assertEqual(ja4.signatures([50, 0, 13], [4, 2], [1, 2, 3]), [3])


class Values(unittest.TestCase):
    """When two readings are the same."""

    def test_scalars(self):
        """The first one counts; none is equal to none alone; long ones keep their beginning."""
        self.assertTrue(compare.is_equal("url.path", "/a", ["/a", "/b"]))
        self.assertFalse(compare.is_equal("url.path", "/b", ["/a", "/b"]))
        self.assertFalse(compare.is_equal("url.path", None, ["/a"]))
        self.assertFalse(compare.is_equal("url.path", "/a", []))
        self.assertTrue(compare.is_equal("url.path", "/" + "a" * 254, ["/" + "a" * 300]))
        self.assertTrue(compare.is_equal("http.response.status_code", 200, ["200"]))

    def test_lists(self):
        """Order counts; of more than eight, eight must be there."""
        self.assertTrue(compare.is_equal("nvrwatch.tls.alpn", ["h2", "x"], ["h2", "x"]))
        self.assertFalse(compare.is_equal("nvrwatch.tls.alpn", ["x", "h2"], ["h2", "x"]))
        names = [str(n) for n in range(20)]
        key = "tls.server.x509.alternative_names"
        self.assertTrue(compare.is_equal(key, names[:8], names))
        self.assertFalse(compare.is_equal(key, names[:7], names))

    def test_words(self):
        """What both call otherwise."""
        self.assertEqual(compare.number_of("TYPE10", compare.TYPES, "TYPE"), 10)
        self.assertEqual(compare.number_of("AAAA", compare.TYPES, "TYPE"), 28)
        self.assertEqual(oracle.path_of("http://a:1/b/c?d=e"), "/b/c")
        self.assertEqual(oracle.host_of("user@[2001:db8::1]:80"), "2001:db8::1")
        self.assertEqual(oracle.realm_of('Digest realm=\\"a b\\", nonce=\\"c\\"'), "a b")


class Verdict(unittest.TestCase):
    """What a report says is wrong."""

    @staticmethod
    def wrong(differences, explained):
        """How many groups are."""
        result = compare.Result()
        for number in range(differences):
            result.judge("c.pcap", str(number), "url.path", False, ("a", "b"))
        return agreement.report(result, explained, io.StringIO())

    def test_explanations(self):
        """As many as were explained, no more and no fewer."""
        key = ("c.pcap", "url.path")
        self.assertEqual(self.wrong(2, {key: (2, "why")}), 0)
        self.assertEqual(self.wrong(2, {}), 1)
        self.assertEqual(self.wrong(3, {key: (2, "why")}), 1)
        self.assertEqual(self.wrong(0, {key: (2, "why")}), 1)


if __name__ == "__main__":
    unittest.main()
