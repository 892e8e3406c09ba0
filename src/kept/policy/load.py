"""Reads a policy file: text to values, values to a `Policy`, and every problem with its line.

Rules: no input raises, hangs, or takes more than linear time; a policy with an error is no policy;
at most `MOST_PROBLEMS` are reported, with suggestions for the first of them only.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kept.policy import lint, translate
from kept.policy.model import Policy
from kept.policy.positions import Positions, TooDeepError, scan
from kept.policy.problems import Problem, Where

LARGEST = 1_048_576
"""Bytes of the largest file that is read."""
MOST_PROBLEMS = 100

_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of reading a file: a policy where no error stands in it, and all problems."""

    policy: Policy | None
    problems: tuple[Problem, ...]
    positions: Positions

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make it no policy."""
        return tuple(one for one in self.problems if one.severity == "error")

    @property
    def lints(self) -> tuple[Problem, ...]:
        """The problems that a policy may have and had better not."""
        return tuple(one for one in self.problems if one.severity == "lint")


def load(path: Path) -> Loaded:
    """The policy in the file at `path`. Never raises: what goes wrong is a problem."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        return _failed(
            "E001", f"cannot be read: {error.strerror or 'an unknown reason'}", path.name
        )
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _failed("E001", "is not UTF-8 text", path.name, line)
    return loads(text, path.name)


def loads(text: str, name: str) -> Loaded:
    """The policy in `text`; `name` stands in the problems. Never raises."""
    if len(text) > LARGEST:
        return _failed("E003", f"more than {LARGEST} characters are no policy", name)
    try:
        positions = scan(text)
    except TooDeepError as error:
        return _failed("E003", "brackets or dots nest too deep", name, error.line)
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return _failed("E002", *_syntax(str(error), text, name))
    return _validated(tree, text, name, positions)


def _validated(tree: dict[str, Any], text: str, name: str, positions: Positions) -> Loaded:
    where = Where(name, positions)
    found = list(translate.reserved(tree, where))
    policy: Policy | None = None
    try:
        policy = Policy.model_validate({**tree, "\0text": text})
    except ValidationError as error:
        found += translate.problems(error, tree, where)
    if policy is not None and not found:
        found += lint.problems(policy, where)
    ordered = sorted(found, key=lambda one: (one.severity, one.line, one.code, one.word))
    failed = any(one.severity == "error" for one in ordered)
    return Loaded(None if failed else policy, tuple(ordered[:MOST_PROBLEMS]), positions)


def _failed(code: str, message: str, name: str, line: int = 1) -> Loaded:
    return Loaded(None, (Problem(code, "error", message, name, line),), Positions())


def _syntax(message: str, text: str, name: str) -> tuple[str, str, int]:
    found = _PLACE.search(message)
    if found is None:
        return "is not TOML", name, 1
    line = int(found[1]) if found[1] else text.count("\n") + 1
    return f"is not TOML: {message[: found.start()].strip()[:200]}", name, line
