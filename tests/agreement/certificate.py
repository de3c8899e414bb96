# SPDX-License-Identifier: Apache-2.0
"""Names in a certificate, as OpenSSL (python3-cryptography) reads them."""

import warnings

from cryptography import x509
from cryptography.x509.oid import NameOID


def _common(name):
    return [str(a.value) for a in name.get_attributes_for_oid(NameOID.COMMON_NAME)]


def names(der):
    """key of tls.server.x509 -> values; nothing of what OpenSSL can't read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read = x509.load_der_x509_certificate(der)
            told = {"subject.common_name": _common(read.subject),
                    "issuer.common_name": _common(read.issuer)}
        except ValueError:
            return {}
        try:
            san = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            told["alternative_names"] = [str(n.value) for n in san
                                         if isinstance(n, (x509.DNSName, x509.IPAddress))]
        except (x509.ExtensionNotFound, ValueError):
            pass
    return told
