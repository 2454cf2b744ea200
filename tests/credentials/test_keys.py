"""The keys that sign: made once, renewed at will, kept from others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from flask import Flask

from academy.credentials.commands import credentials_commands
from academy.credentials.keys import keys, renew
from academy.web.settings import Settings, Unconfigured
from tests.conftest import ON_SQLITE
from tests.credentials.conftest import Checker


def test_the_first_who_needs_a_key_makes_one_that_nobody_else_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(8) as many:
        first = {found[0].thumbprint for found in many.map(keys, [folder] * 8)}
    assert len(first) == 1
    assert [path.name for path in folder.iterdir()] == ["0001.pem"]
    assert (folder.stat().st_mode & 0o777, (folder / "0001.pem").stat().st_mode & 0o777) == (0o700, 0o600)


@ON_SQLITE
def test_a_new_key_signs_and_the_old_one_is_still_published(
    app: Flask, badge: int, ask: Callable[[int], str], checker: Checker
) -> None:
    before = ask(badge)
    folder: Path = app.extensions["settings"].key_folder
    assert app.test_cli_runner().invoke(credentials_commands, ["renew"]).output.strip() == str(folder / "0002.pem")
    old = folder / "0001.pem"
    private = load_pem_private_key(old.read_bytes(), None)
    old.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    after = ask(badge)
    assert before.split(".")[0] != after.split(".")[0]
    assert len(checker.json("/credentials/jwks.json")["keys"]) == 2
    assert checker.claims(before) == checker.claims(after)


@ON_SQLITE
def test_keys_may_be_kept_elsewhere(
    app: Flask, badge: int, ask: Callable[[int], str], checker: Checker, tmp_path: Path
) -> None:
    renew(tmp_path / "mounted")
    app.extensions["settings"] = replace(app.extensions["settings"], credential_keys=tmp_path / "mounted")
    checker.verified(ask(badge))
    assert not (tmp_path / "credential-keys").exists()


def test_production_refuses_to_start_without_the_keys_that_it_was_promised(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ACADEMY_ENV", "production")
    monkeypatch.setenv("ACADEMY_SECRET_KEY", "a" * 64)
    monkeypatch.setenv("ACADEMY_INSTANCE", str(tmp_path))
    assert Settings.from_environment().key_folder == tmp_path / "credential-keys"
    monkeypatch.setenv("ACADEMY_CREDENTIAL_KEYS", str(tmp_path / "mounted"))
    with pytest.raises(Unconfigured, match="mounted"):
        Settings.from_environment()
    renew(tmp_path / "mounted")
    assert Settings.from_environment().key_folder == tmp_path / "mounted"
