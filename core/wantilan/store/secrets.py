"""What must not be read off the database: personal numbers (NIK, KK) and tokens.

A personal number is stored twice: sealed, so that only the holder of the keys can read it, and as a
fingerprint, so that a village can find it. A token is stored only as a hash: it is random and needs no key.
No message and no repr here shows a key, a number or a token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..errors import ConfigurationError

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
TOKEN_PREFIX = "wtl_"

_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_ADVICE = "`wantilan keys new` makes valid ones."
_ENTRIES = frozenset({"current", "seal", "hash"})


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Keys:
    """The keys of one deployment: `current` names the key that seals, all of `seal` can open.

    To change the key, add one under a new id, make it current, and keep the old one for what it sealed.
    The hash key cannot be changed so: every fingerprint would have to be made anew.
    """

    current: str
    _ciphers: Mapping[str, AESGCM]
    _mac: hmac.HMAC

    def __repr__(self) -> str:
        return f"<Keys current={self.current} seal={','.join(sorted(self._ciphers))}>"

    @classmethod
    def parse(cls, text: str) -> Keys:
        """Read `{"current": "k1", "seal": {"k1": KEY, …}, "hash": KEY}`, each KEY the base64 of 32 bytes.

        Raises ConfigurationError: one line, without the keys.
        """
        read = _read_json(text)
        if not isinstance(read, dict) or read.keys() != _ENTRIES:
            raise _invalid('they must be a JSON object of "current", "seal" and "hash", each once')
        current, seal = read["current"], read["seal"]
        if not isinstance(seal, dict) or not all(_KEY_ID.fullmatch(name) for name in seal):
            raise _invalid('"seal" must be an object from key ids (letters, digits, "_", ".", "-") to keys')
        if not isinstance(current, str) or current not in seal:
            raise _invalid('"current" must be one of the ids in "seal"')
        materials = {name: _material(value, f'"seal" > "{name}"') for name, value in seal.items()}
        hash_material = _material(read["hash"], '"hash"')
        if len({hash_material, *materials.values()}) <= len(materials):
            raise _invalid('the keys in "seal" and "hash" must all differ')
        ciphers = {name: AESGCM(material) for name, material in materials.items()}
        return cls(current, MappingProxyType(ciphers), hmac.new(hash_material, digestmod=hashlib.sha256))

    @classmethod
    def generate(cls) -> str:
        """A fresh text for `parse`, on one line."""
        seal, hash_ = (base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for _ in range(2))
        return json.dumps({"current": "k1", "seal": {"k1": seal}, "hash": hash_}, separators=(",", ":"))

    def seal(self, plain: str, *, purpose: str, owner: UUID) -> bytes:
        """Encrypt (AES-256-GCM) for this purpose and this owner alone.

        `<key id>:` in ASCII, 12 bytes of nonce, then the ciphertext with its tag of 16 bytes: as long as the
        text plus 29 and the id. Sealing twice gives two values; compare fingerprints.
        """
        nonce = os.urandom(NONCE_BYTES)
        bound = _bound(b"seal:" + self.current.encode(), purpose, owner)
        return b"%s:%s%s" % (
            self.current.encode(),
            nonce,
            self._ciphers[self.current].encrypt(nonce, _utf8(plain), bound),
        )

    def open(self, sealed: bytes, *, purpose: str, owner: UUID) -> str:
        """Decrypt what `seal` made for this purpose and owner. Raises ConfigurationError when it cannot."""
        name, _, rest = sealed.partition(b":")
        key_id = name.decode("ascii", "replace")
        if not _KEY_ID.fullmatch(key_id) or len(rest) < NONCE_BYTES + TAG_BYTES:
            raise ConfigurationError(
                "A sealed value cannot be opened: it is not in the form of a sealed value."
            )
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise ConfigurationError(
                f'A sealed value cannot be opened: its key "{key_id}" is missing. '
                'Put it back into "seal" of WANTILAN_KEYS.'
            )
        try:
            plain = cipher.decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound(b"seal:" + name, purpose, owner)
            )
        except InvalidTag:
            raise ConfigurationError(
                "A sealed value cannot be opened: it was changed, it belongs to another owner or purpose, "
                f'or "{key_id}" in WANTILAN_KEYS is not the key that sealed it.'
            ) from None
        return plain.decode("utf-8", "surrogatepass")

    def fingerprint(self, plain: str, *, purpose: str, village: UUID) -> bytes:
        """32 bytes that are equal for equal texts (HMAC-SHA256), inside one village and one purpose only.

        The text is taken as it stands: bring it into its one form first.
        """
        mac = self._mac.copy()
        mac.update(_bound(b"fingerprint", purpose, village) + _utf8(plain))
        return mac.digest()


def new_token() -> str:
    """`wtl_` and 43 characters for 32 random bytes; shown once, stored only as `token_hash`."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """32 bytes (SHA-256) under which a token is stored and found."""
    return hashlib.sha256(_utf8(token)).digest()


def _bound(use: bytes, purpose: str, place: UUID) -> bytes:
    """Use, purpose and place as bytes that no other three give, whatever follows them."""
    encoded = _utf8(purpose)
    return b"wantilan:%s\0%s%s%s" % (use, place.bytes, len(encoded).to_bytes(4, "big"), encoded)


def _utf8(text: str) -> bytes:
    # JSON can bring lone surrogates, and the error that strict encoding raises carries the whole text.
    return text.encode("utf-8", "surrogatepass")


def _read_json(text: str) -> object:
    """None where it is not JSON or says an entry twice: what the parser raises carries the whole text."""
    try:
        read: object = json.loads(text, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError):
        return None
    return read


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def _material(value: object, where: str) -> bytes:
    material = _decoded(value)
    if material is None or len(material) != KEY_BYTES:
        raise _invalid(f"{where} must be the base64 of {KEY_BYTES} bytes")
    return material


def _decoded(value: object) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (NotBase64, ValueError):
        return None


def _invalid(reason: str) -> ConfigurationError:
    return ConfigurationError(f"The keys in WANTILAN_KEYS are not valid: {reason}. {_ADVICE}")
