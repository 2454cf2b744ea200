"""Settings, read from the environment once."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env

ROOT = Path(__file__).resolve().parents[2]


class Unconfigured(RuntimeError):
    """The environment lacks what production needs; the message says what and why."""


@dataclass(frozen=True)
class Settings:
    """How this installation runs; the README's table explains each."""

    production: bool
    secret_key: str
    database_url: str
    instance: Path
    base_url: str | None = None
    player_origin: str | None = None
    trusted_proxies: int = 0
    credential_keys: Path | None = None
    signing_key: Path | None = None
    signing_passphrase: str = ""

    @property
    def key_folder(self) -> Path:
        """Where the keys are that sign credentials."""
        return self.credential_keys or self.instance / "credential-keys"

    @property
    def player_host(self) -> str | None:
        """The host that plays packages, and answers nothing else."""
        return urlsplit(self.player_origin).netloc if self.player_origin else None

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read ACADEMY_*; raises `Unconfigured` in production without secret key, or with keys that can't be read."""
        env = Env(prefix="ACADEMY_")
        production = env.str("ENV", "production") != "development"
        instance = Path(env.str("INSTANCE", str(ROOT / "instance"))).resolve()
        secret = env.str("SECRET_KEY", "")
        if production and len(secret) < 32:
            raise Unconfigured(
                "ACADEMY_SECRET_KEY must be set to at least 32 random characters in production: it signs sessions "
                "and links. Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        found = cls(
            production=production,
            secret_key=secret or _development_key(instance),
            database_url=env.str("DATABASE_URL", f"sqlite:///{instance / 'academy.sqlite'}"),
            instance=instance,
            base_url=env.str("BASE_URL", None),
            player_origin=_player_origin(env, production),
            trusted_proxies=env.int("TRUSTED_PROXIES", 0),
            credential_keys=env.path("CREDENTIAL_KEYS", None),
            signing_key=env.path("SIGNING_KEY", None),
            signing_passphrase=env.str("SIGNING_PASSPHRASE", ""),
        )
        keys = list(found.key_folder.glob("*.pem"))
        if production and (not all(os.access(key, os.R_OK) for key in keys) or (found.credential_keys and not keys)):
            raise Unconfigured(
                f"The keys that sign credentials can't be read in {found.key_folder}: put 0001.pem there, an Ed25519 "
                "key that this process may read (openssl genpkey -algorithm ed25519), or leave "
                "ACADEMY_CREDENTIAL_KEYS out."
            )
        if production and found.signing_key and not os.access(found.signing_key, os.R_OK):
            raise Unconfigured(f"ACADEMY_SIGNING_KEY can't be read at {found.signing_key}: it signs certificates.")
        return found


def _player_origin(env: Env, production: bool) -> str | None:
    """Where packages are played; raises `Unconfigured` for what is no origin, or not one apart from the academy's.

    Browsers take every name under localhost to this machine, and no cookie of 127.0.0.1 or localhost with them.
    """
    origin = env.str("PLAYER_ORIGIN", "").rstrip("/").lower()
    if not origin:
        return None if production else f"http://player.localhost:{os.environ.get('PORT', '5000')}"
    parts, academy = urlsplit(origin), urlsplit(env.str("BASE_URL", "").lower())
    if origin != f"{parts.scheme}://{parts.netloc}" or parts.scheme not in ("https", "http") or not parts.hostname:
        raise Unconfigured(f"ACADEMY_PLAYER_ORIGIN is no origin such as https://player.example.com: {origin}")
    if parts.hostname == academy.hostname:
        raise Unconfigured(
            f"ACADEMY_PLAYER_ORIGIN must have another host than ACADEMY_BASE_URL, {academy.hostname}: packages run "
            "scripts of others, and cookies know no port."
        )
    if production and parts.scheme != "https":
        raise Unconfigured(f"ACADEMY_PLAYER_ORIGIN must be https in production: {origin}")
    return origin


def _development_key(instance: Path) -> str:
    """A key of this checkout's own, so that two workers agree and a restart signs nobody out."""
    path = instance / "development-key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()
