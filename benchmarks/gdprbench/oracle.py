"""What each answer must be: every operation by a loop over a dict, and nothing that is clever.

Kept apart from both arms: it shares with them the values of a record and no other line.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from benchmarks.gdprbench import schema
from benchmarks.gdprbench.schema import Values

WITHHELD = "withheld"
"""What stands for data whose owner objects to the purpose they are read for."""


@dataclass(slots=True)
class Person:
    """What is known of somebody besides the records."""

    objection: int | None
    log: Counter[str] = field(default_factory=Counter)


class Oracle:
    """All records by number, ascending, and everybody who has had one."""

    def __init__(self) -> None:
        self._records: dict[int, Values] = {}
        self._people: dict[int, Person] = {}

    def load(self, numbers: range) -> None:
        """The records that are there at the start."""
        for number in numbers:
            made = schema.values(number)
            if made.user not in self._people:
                self._people[made.user] = Person(schema.objection(made.user))
            self._add(made)

    def _add(self, made: Values) -> None:
        self._records[made.number] = made
        self._people[made.user].log["Collected"] += 1

    def _where(
        self, holds: Callable[[Values], bool], start: int = 0, most: int | None = None
    ) -> list[Values]:
        return list(islice(self._each(holds, start), most))

    def _each(self, holds: Callable[[Values], bool], start: int) -> Iterator[Values]:
        return (one for one in self._records.values() if one.number >= start and holds(one))

    def _read(self, one: Values, purpose: int | None) -> tuple[int, str]:
        objects = purpose is not None and self._people[one.user].objection == purpose
        return one.number, WITHHELD if objects else one.data

    def _remove(self, found: list[Values]) -> int:
        for one in found:
            del self._records[one.number]
            self._people[one.user].log["Removed"] += 1
        return len(found)

    # What each of the following means is said by its name.

    def read_data_by_key(self, number: int, purpose: int) -> object:
        one = self._records.get(number)
        return None if one is None else self._read(one, purpose)

    def read_data_by_purpose(self, purpose: int, start: int) -> object:
        found = self._where(lambda one: one.pur == purpose, start, schema.READ)
        return [self._read(one, purpose) for one in found]

    def read_data_by_objection(self, purpose: int, start: int) -> object:
        found = self._where(
            lambda one: one.pur == purpose and self._people[one.user].objection != purpose,
            start, schema.READ,
        )  # fmt: skip
        return [(one.number, one.data) for one in found]

    def read_data_by_decision(self, decision: int, start: int) -> object:
        found = self._where(lambda one: one.dec == decision, start, schema.READ)
        return [self._read(one, None) for one in found]

    def read_data_by_user(self, user: int) -> object:
        return [self._read(one, None) for one in self._where(lambda one: one.user == user)]

    def read_metadata_by_key(self, number: int) -> object:
        one = self._records.get(number)
        return None if one is None else one.metadata()

    def update_data_by_key(self, number: int, text: str) -> object:
        one = self._records.get(number)
        if one is None:
            return 0
        one.data = text
        self._people[one.user].log["Changed"] += 1
        return 1

    def update_metadata_by_key(self, number: int, purpose: int | None) -> object:
        one = self._records.get(number)
        if one is None:
            return 0
        self._people[one.user].objection = purpose
        self._people[one.user].log["Objected"] += 1
        return 1

    def delete_by_key(self, number: int) -> object:
        return self._remove(self._where(lambda one: one.number == number))

    def create(self, number: int) -> object:
        made = schema.values(number)
        self._people.setdefault(made.user, Person(None))
        self._add(made)
        return 1

    def delete_by_purpose(self, purpose: int, start: int) -> object:
        return self._remove(self._where(lambda one: one.pur == purpose, start, schema.DELETED))

    def delete_by_ttl(self, ttl: int, start: int) -> object:
        return self._remove(self._where(lambda one: one.ttl == ttl, start, schema.DELETED))

    def delete_by_user(self, user: int) -> object:
        gone = self._remove(self._where(lambda one: one.user == user))
        self._people.pop(user, None)
        return gone

    def update_metadata_by_purpose(self, purpose: int, start: int, acl: int) -> object:
        return self._set_acl(lambda one: one.pur == purpose, start, acl)

    def update_metadata_by_share(self, shr: int, start: int, acl: int) -> object:
        return self._set_acl(lambda one: one.shr == shr, start, acl)

    def _set_acl(self, holds: Callable[[Values], bool], start: int, acl: int) -> int:
        found = self._where(holds, start, schema.CHANGED)
        for one in found:
            one.acl = acl
            self._people[one.user].log["Changed"] += 1
        return len(found)

    def update_metadata_by_user(self, user: int, ttl: int) -> object:
        found = self._where(lambda one: one.user == user)
        for one in found:
            one.ttl = ttl
            self._people[user].log["Changed"] += 1
        return len(found)

    def read_metadata_by_user(self, user: int) -> object:
        return [one.metadata() for one in self._where(lambda one: one.user == user)]

    def get_system_logs(self, user: int) -> object:
        return dict(self._people[user].log) if user in self._people else {}

    def verify_deletion(self, number: int) -> object:
        return number not in self._records, number % schema.USERS in self._people
