"""The README's first command, for real: a second run changes nothing."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from academy import ROOT


@contextmanager
def make_run(instance: Path) -> Iterator[tuple[str, str]]:
    """The address that it serves on, and what it printed until it served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "PORT": str(port), "ACADEMY_INSTANCE": str(instance), "PYTHONUNBUFFERED": "1"}
    env.pop("ACADEMY_DATABASE_URL", None)
    running = subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    printed = []
    try:
        assert running.stdout
        for line in running.stdout:
            printed.append(line)
            if sum("Started worker" in said for said in printed) == 2:
                break
        else:
            raise AssertionError("".join(printed))
        yield f"http://127.0.0.1:{port}", "".join(printed)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        try:
            running.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()


def browser() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


def test_make_run_serves_an_academy_with_people_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    with make_run(tmp_path) as (address, printed):
        health = json.load(browser().open(f"{address}/healthz", timeout=30))
        assert (health["database"], health["content"], health["fonts"]) == ("ok", 1, [])
        password = re.search(r"password of all: (\S+)", printed)
        assert password
        for contact in re.findall(r"^  (1\d{10}|\S+@\S+) ", printed, re.MULTILINE):
            opener = browser()
            page = opener.open(f"{address}/sign-in", timeout=30).read().decode()
            token = re.search(r'name="csrf_token" value="([^"]+)"', page)
            assert token
            form = {"contact": contact, "password": password[1], "csrf_token": token[1]}
            asked = opener.open(f"{address}/sign-in", urlencode(form).encode(), timeout=30)
            assert "/sign-in" not in asked.url, contact
    with make_run(tmp_path) as (address, again):
        health = json.load(browser().open(f"{address}/healthz", timeout=30))
        assert health["content"] == 1
        assert f"password of all: {password[1]}" in again
