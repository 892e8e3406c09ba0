"""What was kept is written for whoever may read it: a new folder, in clear, its owner's alone."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from kept.vault import HeldFile, HeldRow


class Written(NamedTuple):
    """How much was written."""

    rows: int
    files: int


def write(found: "Iterable[tuple[UUID | None, HeldRow | HeldFile]]", into: Path) -> Written:
    """Write rows as lines of JSON (whose, where it is told) and files beside them."""
    from kept.vault import HeldRow

    into.mkdir(mode=0o700)
    rows = files = 0
    with _private(into / "rows.jsonl") as lines:
        for whose, one in found:
            line: dict[str, Any] = {} if whose is None else {"person": str(whose)}
            if isinstance(one, HeldRow):
                rows += 1
                line |= {"table": one.label, "row": one.pk, "values": one.values}
            else:
                files += 1
                with _private(into / str(one.pk)) as file:
                    file.writelines(one.parts)
                line |= {"file": str(one.pk), "name": one.name, "type": one.media_type}
            lines.write(json.dumps(line, ensure_ascii=False, default=str).encode() + b"\n")
    return Written(rows, files)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
