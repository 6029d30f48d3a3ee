"""minisign's keys and signatures (https://jedisct1.github.io/minisign/, “Signature format”).

Ed25519 over BLAKE2b-512 of the bytes signed; keys with or without a password. What we sign,
``minisign -V`` checks, and the other way round.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from scorm_builder.errors import BuildError

#: Longest key file and signature file that are looked into.
MAX_FILE = 8192

_UNTRUSTED = "untrusted comment: "
_TRUSTED = "trusted comment: "
_KEY_TYPE = b"Ed"
_PREHASHED = b"ED"
_SCRYPT = b"Sc"
_PLAIN = b"\0\0"
_BLAKE2B = b"B2"
_SECRET_BYTES = 8 + 64 + 32
#: scrypt for our own keys: 64 MiB, two passes of it (N 2^16, r 8, p 2) as libsodium writes it.
_OPERATIONS, _MEMORY = 4_194_304, 67_108_864
#: minisign's own keys ask for 1 GiB; a key file that asks for more is not a key file.
_MAX_MEMORY = 1 << 30


class SigningError(BuildError):
    """A key or signature that cannot be used."""

    code = "signing.key"


class SignatureError(SigningError):
    """A signature that is not one of these bytes by that key."""

    code = "signing.signature"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``number`` is the key's random name, by which a signature tells which key made it."""

    number: bytes
    key: bytes

    @property
    def name(self) -> str:
        """The number as minisign shows it: little-endian, in hexadecimal."""
        return f"{int.from_bytes(self.number, 'little'):016X}"

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """From the text of a ``.pub`` file, or its second line alone. Raises ``SigningError``."""
        lines = [line for line in text.strip().split("\n") if line.strip()]
        raw = _decoded(lines[-1], 42, "public key") if 1 <= len(lines) <= 2 else b""
        if raw[:2] != _KEY_TYPE:
            raise SigningError("this is no minisign public key", "give a .pub file of minisign")
        return cls(raw[2:10], raw[10:])

    def text(self) -> str:
        """What stands in a ``.pub`` file."""
        key = _encoded(_KEY_TYPE + self.number + self.key)
        return f"{_UNTRUSTED}minisign public key {self.name}\n{key}\n"

    def verify(self, data: bytes, signature: str) -> str:
        """The signature's trusted comment. Raises ``SignatureError`` if ``signature`` is not this
        key's, or not of ``data``."""
        # Without prehashing ("Ed") the bytes themselves are signed: minisign before 0.10.
        signed = hashlib.blake2b(data).digest() if prehashed(signature) else data
        return self._verify(signed, signature)

    def verify_digest(self, digest: bytes, signature: str) -> str:
        """As ``verify``, of something with this BLAKE2b-512 digest, which was signed by it."""
        if not prehashed(signature):
            raise SignatureError("this signature is not of a digest")
        return self._verify(digest, signature)

    def _verify(self, signed: bytes, signature: str) -> str:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        first, lines = _first_of(signature), signature.split("\n")
        whole = _decoded(lines[3].strip(), 64, "signature")
        comment = lines[2].removesuffix("\r").removeprefix(_TRUSTED)
        if first[2:10] != self.number:
            other = PublicKey(first[2:10], b"").name
            raise SignatureError(
                f"signed with the key {other}, not with {self.name}",
                "ask who made the package for their public key",
            )
        key = Ed25519PublicKey.from_public_bytes(self.key)
        try:
            key.verify(first[10:], signed)
            key.verify(whole, first[10:] + comment.encode("utf-8"))
        except InvalidSignature:
            raise SignatureError(
                "the signature does not fit: what was signed, or the signature, was changed",
                "do not use the package; get it again from who made it",
            ) from None
        return comment


@dataclass(frozen=True, slots=True)
class SecretKey:
    """``seed`` makes the key pair (RFC 8032, section 5.1.5)."""

    number: bytes
    seed: bytes

    @classmethod
    def new(cls) -> SecretKey:
        import secrets

        return cls(secrets.token_bytes(8), secrets.token_bytes(32))

    @property
    def public(self) -> PublicKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return PublicKey(self.number, key.public_bytes_raw())

    @classmethod
    def parse(cls, text: str, password: Callable[[], str]) -> SecretKey:
        """From the text of a secret key's file. ``password`` is asked for where the key has one.

        Raises ``SigningError``.
        """
        lines = [line for line in text.strip().split("\n") if line.strip()]
        raw = _decoded(lines[-1], 158, "secret key") if len(lines) == 2 else b""
        if raw[:2] != _KEY_TYPE or raw[2:4] not in (_SCRYPT, _PLAIN) or raw[4:6] != _BLAKE2B:
            raise SigningError(
                "this is no minisign secret key", "make one: scorm-builder keys new my-key"
            )
        inside = raw[54:]
        if raw[2:4] == _SCRYPT:
            salt, limits = raw[6:38], (raw[38:46], raw[46:54])
            mask = _mask(password(), salt, *(int.from_bytes(one, "little") for one in limits))
            inside = _masked(inside, mask)
        number, pair, check = inside[:8], inside[8:72], inside[72:]
        # minisign leaves the checksum of a key without a password empty.
        if raw[2:4] == _SCRYPT and not hmac.compare_digest(_checksum(number, pair), check):
            raise SigningError("the secret key cannot be read: wrong password, or it is damaged")
        key = cls(number, pair[:32])
        if key.public.key != pair[32:]:
            raise SigningError("the secret key is damaged: its halves do not fit")
        return key

    def text(self, password: str = "") -> str:
        """What stands in the key's file; enciphered where a ``password`` is given."""
        import secrets

        public = self.public
        pair = self.seed + public.key
        inside = self.number + pair
        head = _KEY_TYPE + _PLAIN + _BLAKE2B + bytes(48)
        if not password:
            inside += bytes(32)
        else:
            salt = secrets.token_bytes(32)
            inside += _checksum(self.number, pair)
            inside = _masked(inside, _mask(password, salt, _OPERATIONS, _MEMORY))
            limits = _OPERATIONS.to_bytes(8, "little") + _MEMORY.to_bytes(8, "little")
            head = _KEY_TYPE + _SCRYPT + _BLAKE2B + salt + limits
        kind = "encrypted" if password else "unencrypted"
        return f"{_UNTRUSTED}minisign {kind} secret key\n{_encoded(head + inside)}\n"

    def sign(self, data: bytes, comment: str) -> str:
        """The text of a ``.minisig`` file; always the same for the same ``data`` and ``comment``
        (RFC 8032: no randomness)."""
        return self.sign_digest(hashlib.blake2b(data).digest(), comment)

    def sign_digest(self, digest: bytes, comment: str) -> str:
        """As ``sign``, of something with this BLAKE2b-512 digest."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        signed = key.sign(digest)
        whole = key.sign(signed + comment.encode("utf-8"))
        head = f"{_UNTRUSTED}signature by key {self.public.name}"
        first = _encoded(_PREHASHED + self.number + signed)
        return f"{head}\n{first}\n{_TRUSTED}{comment}\n{_encoded(whole)}\n"


def signer(signature: str) -> str:
    """The name of the key that ``signature`` says it is of: nothing is checked by this. Raises
    ``SignatureError``."""
    return PublicKey(_first_of(signature)[2:10], b"").name


def prehashed(signature: str) -> bool:
    """Whether a digest was signed. Raises ``SignatureError``."""
    kind = _first_of(signature)[:2]
    if kind not in (_PREHASHED, _KEY_TYPE):
        raise SignatureError("the signature is of an unknown kind")
    return kind == _PREHASHED


def _first_of(signature: str) -> bytes:
    """Kind, key's number and signature: the second line (“Signature format”)."""
    lines = signature.split("\n")
    if len(lines) < 4 or len(signature) > MAX_FILE or not lines[2].startswith(_TRUSTED):
        raise SignatureError("this is no minisign signature")
    try:
        return _decoded(lines[1].strip(), 74, "signature")
    except SigningError as error:
        raise SignatureError(error.message) from error


def _checksum(number: bytes, pair: bytes) -> bytes:
    return hashlib.blake2b(_KEY_TYPE + number + pair, digest_size=32).digest()


def _masked(data: bytes, mask: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, mask, strict=True))


def _mask(password: str, salt: bytes, operations: int, memory: int) -> bytes:
    """scrypt with the parameters that libsodium derives from its two limits."""
    operations = max(operations, 32_768)
    if memory > _MAX_MEMORY or operations > 1 << 32:
        raise SigningError("the secret key asks for more memory or time than any key does")
    rounds = 8
    small = operations < memory // 32
    most = operations // (rounds * 4) if small else memory // (rounds * 128)
    cost = 1 << next(bits for bits in range(1, 63) if 1 << bits > most // 2)
    parallel = 1 if small else max(1, operations // 4 // cost // rounds)
    return hashlib.scrypt(
        password.encode("utf-8"),
        salt=salt,
        n=cost,
        r=rounds,
        p=parallel,
        maxmem=128 * rounds * (cost + parallel + 2) + (1 << 20),
        dklen=_SECRET_BYTES,
    )


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _decoded(line: str, length: int, what: str) -> bytes:
    try:
        raw = base64.b64decode(line, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != length:
        raise SigningError(
            f"this is no minisign {what}", "to sign, name the .key file; to check, the .pub file"
        )
    return raw
