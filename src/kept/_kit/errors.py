"""Errors that teach: every one has a code, a place, the offending word in backticks and what to do.

Codes are registered where they are raised (`CODE = code("V003", …)`), so that the reference in
the docs is generated from the code and an undocumented code cannot exist.
"""

from dataclasses import dataclass

_codes: dict[str, "Code"] = {}


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of error: `id` (letter of the room and number), what it means, what to do."""

    id: str
    title: str
    do: str


def code(id: str, title: str, *, do: str) -> Code:
    """Register an error code. Raises `ValueError` when `id` is taken by another meaning."""
    made = Code(id, title, do)
    if _codes.setdefault(id, made) != made:
        raise ValueError(f"error code `{id}` is registered twice")
    return made


def registered() -> tuple[Code, ...]:
    """Every code of the modules imported so far, by id."""
    return tuple(_codes[id] for id in sorted(_codes))


class KeptError(Exception):
    """The base of our errors. It derives from nothing that Django or Python swallow."""

    def __init__(self, code: Code, message: str, *, place: str = "", do: str = "") -> None:
        self.code, self.message, self.place, self.do = code, message, place, do or code.do
        super().__init__(code, message, place, self.do)

    def __str__(self) -> str:
        """One line: code, message, place, what to do."""
        place = f" ({self.place})" if self.place else ""
        return f"{self.code.id} {self.message}{place}; {self.do}"
