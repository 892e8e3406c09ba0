"""GDPRbench's record: what each attribute is here, how many values it has, and the policy.

Value of an attribute = the key's number modulo its count, as published. Ten records a person. A
person's objection (100 values) is to the purpose of that number; 75 of them are to none.
"""

import hashlib
import os
from dataclasses import dataclass

from benchmarks.measure import QUICK

RECORDS, OPERATIONS = (
    int(word)
    for word in os.environ.get("KEPT_BENCH_GDPR", "600 80" if QUICK else "20000 2000").split()
)
USERS = RECORDS // 10
PURPOSES, PERIODS, OBJECTIONS, CODES = 25, 10, 100, 10
LENGTH = 100
"""Bytes of data in a record."""
READ, CHANGED, DELETED = 100, 100, 10
"""The most records that one operation of a group reads, changes, deletes, in the order of keys."""
POINT, CATEGORY, SOURCE, DECIDE, OVERSEE = (
    "record", "communication.message", "identity.title", "decide", "oversee",
)  # fmt: skip


def purpose(number: int) -> str:
    """The name of a purpose in the policy."""
    return f"purpose-{number:02}"


def address(user: int) -> str:
    """What a person is found by."""
    return f"user{user}@example.org"


def data(number: int, revision: int = 0) -> str:
    """The text of a record, and of each correction of it."""
    return hashlib.blake2b(f"{number} {revision}".encode(), digest_size=LENGTH // 2).hexdigest()


@dataclass(slots=True)
class Values:
    """A record: `user` is whose it is, `data` and `src` are sealed where there is a seal."""

    number: int
    user: int
    pur: int
    ttl: int
    dec: int
    acl: int
    shr: int
    cat: int
    src: str
    data: str

    def metadata(self) -> tuple[object, ...]:
        """All but the data."""
        return (
            self.number, self.pur, self.ttl, self.dec, self.acl, self.shr, self.cat, self.src,
        )  # fmt: skip


def values(number: int) -> Values:
    """The record of a key as it is created."""
    code = number % CODES
    return Values(
        number, number % USERS, number % PURPOSES, number % PERIODS, number % 2,
        code, code, code, f"source {code}", data(number),
    )  # fmt: skip


def objection(user: int) -> int | None:
    """The purpose that a person objects to at the start."""
    return purpose_of(user % OBJECTIONS)


def purpose_of(objected: int) -> int | None:
    """The purpose that an objection (0 to 99) is to."""
    return objected if objected < PURPOSES else None


def policy() -> str:
    """The policy of the benchmark: 25 purposes that a person may object to."""
    names = [purpose(number) for number in range(PURPOSES)]
    listed = ", ".join(f'"{name}"' for name in (*names, DECIDE, OVERSEE))
    every = "".join(
        f'[purposes.{name}]\nsays = "do {name}"\nbasis = "legitimate-interest"\n' for name in names
    )
    return f"""
[policy]
site = "GDPRbench"
version = "1"
effective = 2026-01-01
places = ["US"]

{every}
[purposes.{DECIDE}]
says = "decide by software"
basis = "contract"

[purposes.{OVERSEE}]
says = "show the authority what is kept"
basis = "legal-obligation"

[collect.{POINT}]
says = "give us a record"
for = [{listed}]
keep = "2 years"
[collect.{POINT}.required]
data = "{CATEGORY}"
src = "{SOURCE}"
"""
