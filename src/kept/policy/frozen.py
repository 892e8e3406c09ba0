"""A read-only mapping that can be hashed, copied and pickled, unlike `MappingProxyType`."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Frozen(Mapping[K, V], Generic[K, V]):
    """The items of a mapping as they were; equal to any mapping with equal items."""

    __slots__ = ("_hash", "_items")

    def __init__(self, items: Mapping[K, V]) -> None:
        self._items = dict(items)
        self._hash: int | None = None

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        if self._hash is None:  # worked out once: a policy is looked up by its hash at every page
            self._hash = hash(frozenset(self._items.items()))
        return self._hash

    def __copy__(self) -> "Frozen[K, V]":
        return self

    def __deepcopy__(self, memo: object) -> "Frozen[K, V]":
        return self

    def __reduce__(self) -> tuple[type["Frozen[K, V]"], tuple[dict[K, V]]]:
        return type(self), (self._items,)

    def __repr__(self) -> str:
        return repr(self._items)
