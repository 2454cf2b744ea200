"""The rules of the house that can be read off the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from academy import ROOT

DOORS = {"commands.py", "jobs.py", "work.py"}
"""Besides every module that serves routes."""
HOUSE = ROOT / "academy"
OTHER_CLOCKS = {
    f"{where}.{what}"
    for where in ("datetime", "date", "datetime.datetime", "datetime.date", "time", "func")
    for what in ("now", "utcnow", "today", "time", "monotonic", "sleep")
}


def test_a_package_imports_only_from_floors_below_its_own() -> None:
    told = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    assert "1 kept, 0 broken" in told.stdout


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(HOUSE.rglob("*.py")):
        yield path.relative_to(HOUSE), ast.parse(path.read_text("utf-8"))


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def serves(tree: ast.Module) -> bool:
    """Whether a module holds a blueprint, or makes one."""
    named = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
    makes = any(isinstance(call.func, ast.Name) and call.func.id == "Blueprint" for call in calls(tree))
    return makes or any(isinstance(target, ast.Name) and target.id == "bp" for target in named)


def test_only_doors_and_commands_commit() -> None:
    offenders = {
        f"{path}:{call.lineno}"
        for path, tree in modules()
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("commit", "writing")
        and path.name not in DOORS
        and path != Path("db.py")
        and not serves(tree)
    }
    assert offenders == set()


def test_nobody_asks_another_clock() -> None:
    offenders = {
        f"{path}:{call.lineno}"
        for path, tree in modules()
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute) and path != Path("clock.py") and ast.unparse(call.func) in OTHER_CLOCKS
    }
    assert offenders == set()


@pytest.mark.parametrize("name", ["services", "utils", "helpers", "common", "misc"])
def test_no_room_has_a_name_that_says_nothing(name: str) -> None:
    assert not list(HOUSE.rglob(f"{name}*"))


@pytest.mark.parametrize("file", ["rules.py", "language.py", "wording.py"])
def test_pure_rules_know_neither_flask_nor_sqlalchemy(file: str) -> None:
    for path in HOUSE.rglob(file):
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            name
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert not {name for name in names if name.split(".")[0] in ("flask", "sqlalchemy", "flask_login")}, path


def test_templates_hold_no_inline_script_or_style() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        if path.parts[-2:] == ("certificates", "paper.html"):
            continue
        for word in ("<script>", " style=", "hx-on", "onclick=", "javascript:"):
            assert word not in text, f"{path.relative_to(ROOT)} has {word}"
