"""The keys that sign credentials: numbered files in a folder; the last one signs, and all can be checked with."""

import hashlib
import json
import os
import tempfile
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.algorithms import OKPAlgorithm

ALGORITHM = "EdDSA"


@dataclass(frozen=True)
class Key:
    """An Ed25519 key; one that is only checked with any more may have lost its private half."""

    public: Ed25519PublicKey
    private: Ed25519PrivateKey | None = None

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half, as RFC 8037 writes it."""
        return OKPAlgorithm.to_jwk(self.public, as_dict=True)

    @property
    def thumbprint(self) -> str:
        """What names the key (RFC 7638)."""
        named = {part: self.jwk[part] for part in ("crv", "kty", "x")}
        digest = hashlib.sha256(json.dumps(named, separators=(",", ":"), sort_keys=True).encode())
        return urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()

    def signed(self, claims: dict[str, Any], kid: str) -> str:
        """Claims as a compact JWS; `kid` is the address of this key."""
        assert self.private, "the newest key has lost its private half"
        return jwt.encode(claims, self.private, ALGORITHM, {"kid": kid})


def keys(folder: Path) -> list[Key]:
    """All keys, the one that signs first; it is made where there is none yet."""
    files = _files(folder)
    if not files:
        _make(folder, 1)
        files = _files(folder)
    return [_read(path) for path in reversed(files)]


def renew(folder: Path) -> Path:
    """Make a key that signs from now on; those before it can still be checked with."""
    files = _files(folder)
    return _make(folder, int(files[-1].stem) + 1 if files else 1)


def _make(folder: Path, number: int) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{number:04}.pem"
    made = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle, half = tempfile.mkstemp(dir=folder)  # nobody else may read it
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        os.link(half, path)
    except FileExistsError:
        pass  # another process was faster, and its key is as good
    finally:
        os.unlink(half)
    return path


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.pem"))


def _read(path: Path) -> Key:
    data = path.read_bytes()
    if b"PRIVATE" in data:
        private = serialization.load_pem_private_key(data, None)
        assert isinstance(private, Ed25519PrivateKey), f"{path} holds no Ed25519 key"
        return Key(private.public_key(), private)
    public = serialization.load_pem_public_key(data)
    assert isinstance(public, Ed25519PublicKey), f"{path} holds no Ed25519 key"
    return Key(public)
