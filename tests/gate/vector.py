"""Reads the vectors of this folder: a policy's versions, a request, facts, the expected answer."""

import tomllib
from pathlib import Path

from kept import gate, policy

FOLDER = Path(__file__).parent / "vectors"
BASE = (FOLDER / "base.toml").read_text("utf-8")


def names():
    """The vectors' names: what is wrong in them."""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "base")


def read(name):
    """The vector as a mapping."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def version(change):
    """The base policy with a vector's changes, which must apply.

    Read without the language's lints: the gate is right about contradictions that they refuse.
    """
    text = BASE
    for old, new in change.get("change", ()):
        assert old in text, f"`{old}` is not in the base policy"
        text = text.replace(old, new, 1)
    return policy.Policy.model_validate(tomllib.loads(f"{text}\n{change.get('add', '')}\n"))


def compiled(changes):
    """The gate of the changed versions, with a bit for every purpose of any of them."""
    versions = [(one.get("ordinal", i), version(one)) for i, one in enumerate(changes)]
    purposes = dict.fromkeys(id for _, one in versions for id in one.purposes)
    return gate.compile(versions, {id: bit for bit, id in enumerate(purposes)})


def facts(given, compiled_gate):
    """The facts of a vector: purposes by name become masks."""
    given = dict(given)
    for mask in ("consented", "objected"):
        known = [one for one in given.get(mask, ()) if _has_bit(compiled_gate, one)]
        given[mask] = compiled_gate.mask(known)
    for words in ("signals", "met"):
        given[words] = frozenset(given.get(words, ()))
    return gate.Facts(**given)


def _has_bit(compiled_gate, purpose):
    try:
        compiled_gate.bit(purpose)
    except KeyError:
        return False
    return True
