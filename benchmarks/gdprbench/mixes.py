"""Who asks what, how often: the four roles' mixes, their skew, and operations dealt by a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from benchmarks.gdprbench import schema

ZIPF = 0.99
"""YCSB's constant, which GDPRbench keeps."""
ROLES: dict[str, dict[str, float]] = {
    "processor": {
        "read_data_by_key": 80,
        "read_data_by_purpose": 20 / 3,
        "read_data_by_objection": 20 / 3,
        "read_data_by_decision": 20 / 3,
    },
    "customer": {
        "read_data_by_user": 20,
        "read_metadata_by_key": 20,
        "update_data_by_key": 20,
        "update_metadata_by_key": 20,
        "delete_by_key": 20,
    },
    "controller": {
        "create": 25,
        "delete_by_purpose": 25 / 3,
        "delete_by_ttl": 25 / 3,
        "delete_by_user": 25 / 3,
        "update_metadata_by_purpose": 50 / 3,
        "update_metadata_by_user": 50 / 3,
        "update_metadata_by_share": 50 / 3,
    },
    "regulator": {
        "read_metadata_by_user": 46,
        "get_system_logs": 31,
        "verify_deletion": 23,
    },
}
"""Shares in per cent, in the order in which the roles work: who verifies deletions comes last."""
_UNIFORM = "controller"


@dataclass(frozen=True, slots=True)
class Operation:
    """One question: the method of each model that answers it, and what it is asked with."""

    name: str
    words: tuple[object, ...]


class Skew:
    """Numbers below `count`, by Zipf's law over a shuffled order, or all alike."""

    def __init__(self, count: int, random: Random, *, zipf: bool) -> None:
        self._random, self._order = random, list(range(count))
        random.shuffle(self._order)
        ranks = range(1, count + 1)
        self._weights = list(accumulate(1 / rank**ZIPF for rank in ranks)) if zipf else None

    def __call__(self) -> int:
        """One of them."""
        if self._weights is None:
            return self._random.choice(self._order)
        return self._random.choices(self._order, cum_weights=self._weights)[0]


def deal(role: str, count: int, seed: int = 2020) -> Iterator[Operation]:
    """`count` operations of a role, the same each time."""
    random = Random(f"{role} {seed}")
    zipf = role != _UNIFORM
    words = Words(
        random,
        Skew(schema.RECORDS, random, zipf=zipf),
        Skew(schema.USERS, random, zipf=zipf),
    )
    names, shares = list(ROLES[role]), list(ROLES[role].values())
    for name in _spread(names, shares, count, random):
        yield Operation(name, getattr(words, name)())


def _spread(names: Sequence[str], shares: Sequence[float], count: int, random: Random) -> list[str]:
    """Each name as often as its share says, at least once, in random order."""
    made = [
        name
        for name, share in zip(names, shares, strict=True)
        for _ in range(max(1, round(count * share / 100)))
    ]
    random.shuffle(made)
    return made


class Words:
    """What each operation is asked with; a method per operation."""

    def __init__(self, random: Random, key: Skew, user: Skew) -> None:
        self._random, self._key, self._user = random, key, user
        self._new = schema.RECORDS
        self._revision = 0

    def _start(self) -> int:
        """From which key on a group is read: another place each time."""
        return self._random.randrange(schema.RECORDS)

    def _group(self, values: int) -> tuple[int, int]:
        return self._random.randrange(values), self._start()

    def _code(self) -> int:
        return self._random.randrange(schema.CODES)

    def read_data_by_key(self) -> tuple[object, ...]:
        number = self._key()
        return number, number % schema.PURPOSES

    def read_data_by_purpose(self) -> tuple[object, ...]:
        return self._group(schema.PURPOSES)

    def read_data_by_objection(self) -> tuple[object, ...]:
        return self._group(schema.PURPOSES)

    def read_data_by_decision(self) -> tuple[object, ...]:
        return self._group(2)

    def read_data_by_user(self) -> tuple[object, ...]:
        return (self._user(),)

    def read_metadata_by_key(self) -> tuple[object, ...]:
        return (self._key(),)

    def update_data_by_key(self) -> tuple[object, ...]:
        self._revision += 1
        number = self._key()
        return number, schema.data(number, self._revision)

    def update_metadata_by_key(self) -> tuple[object, ...]:
        return self._key(), schema.purpose_of(self._random.randrange(schema.OBJECTIONS))

    def delete_by_key(self) -> tuple[object, ...]:
        return (self._key(),)

    def create(self) -> tuple[object, ...]:
        self._new += 1
        return (self._new - 1,)

    def delete_by_purpose(self) -> tuple[object, ...]:
        return self._group(schema.PURPOSES)

    def delete_by_ttl(self) -> tuple[object, ...]:
        return self._group(schema.PERIODS)

    def delete_by_user(self) -> tuple[object, ...]:
        return (self._user(),)

    def update_metadata_by_purpose(self) -> tuple[object, ...]:
        return *self._group(schema.PURPOSES), self._code()

    def update_metadata_by_user(self) -> tuple[object, ...]:
        return self._user(), self._random.randrange(schema.PERIODS)

    def update_metadata_by_share(self) -> tuple[object, ...]:
        return *self._group(schema.CODES), self._code()

    def read_metadata_by_user(self) -> tuple[object, ...]:
        return (self._user(),)

    def get_system_logs(self) -> tuple[object, ...]:
        return (self._user(),)

    def verify_deletion(self) -> tuple[object, ...]:
        return (self._key(),)
