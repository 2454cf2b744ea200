"""YAML that remembers on which line each field stands."""

from typing import Any

import yaml

Path = tuple[str | int, ...]


class Unreadable(ValueError):
    """Not YAML; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def load(text: str, first_line: int = 1) -> tuple[Any, dict[Path, int]]:
    """The data and the line of each path in it. Raises `Unreadable`."""
    try:
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise Unreadable(first_line + line, error.problem or "not YAML") from error
    except yaml.YAMLError as error:
        raise Unreadable(first_line, str(error)) from error
    lines: dict[Path, int] = {}
    if node is not None:
        _walk(node, (), lines, first_line)
    return data, lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it that is there."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], first_line: int) -> None:
    lines.setdefault(path, first_line + node.start_mark.line)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, key.value)
            lines[here] = first_line + key.start_mark.line
            _walk(value, here, lines, first_line)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            _walk(value, (*path, i), lines, first_line)
