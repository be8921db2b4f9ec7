"""A certificate for this machine alone, made for one run: nothing trusts it unless it is told to.

A program that is started with its authority as `SSL_CERT_FILE` trusts it, and nobody else.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_LASTS = timedelta(days=90)
"""Longer than the worker's warnings about a certificate that ends soon."""
_HERE = ("127.0.0.1", "::1")
_ONLY_SIGNS = {
    "digital_signature": False, "content_commitment": False, "key_encipherment": False,
    "data_encipherment": False, "key_agreement": False, "key_cert_sign": True, "crl_sign": True,
    "encipher_only": False, "decipher_only": False,
}  # fmt: skip


@dataclass(frozen=True)
class OwnCertificate:
    """The files of a certificate for 127.0.0.1, ::1 and localhost."""

    authority: Path
    """What a client must trust; its key was never stored."""
    served: Path
    """The certificate and its key, for the server alone."""


def make(folder: Path, now: datetime) -> OwnCertificate:
    """Make an authority that signs one certificate, and write both into a folder."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _authority(authority_key, now).sign(authority_key, hashes.SHA256())
    signed = _of_this_machine(authority, key, now).sign(authority_key, hashes.SHA256())
    made = OwnCertificate(folder / "authority.pem", folder / "certificate.pem")
    made.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(made.served, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(secret + signed.public_bytes(Encoding.PEM))
    return made


def _authority(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.CertificateBuilder:
    name = _named("Rehearsals of this machine")
    return (
        _begun(key, name, name, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**_ONLY_SIGNS), critical=True)
    )


def _of_this_machine(
    authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    names = [x509.IPAddress(ip_address(each)) for each in _HERE]
    signer = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _begun(key, _named("localhost"), authority.subject, now)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *names]), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signer), critical=False
        )
    )


def _begun(
    key: ec.EllipticCurvePrivateKey, name: x509.Name, issuer: x509.Name, now: datetime
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
