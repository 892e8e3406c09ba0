"""The data map: which data comes in where, what it is used for, who gets it, how long it is kept.

Rules: drawn from the policy in force and nothing else, so that it cannot differ from what is done;
every node leads to its clause; what is drawn also stands as a table (the record of processing).
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kept.policy import Policy, category, is_a
from kept.policy.prose import kept_for

WIDTH, NODE, HIGH, ROW, TOP = 1200, 200, 40, 48, 36
_COLUMNS = ("Data", "Comes in by", "Used to", "Given to", "Kept")
_GAP = (WIDTH - NODE * len(_COLUMNS)) / (len(_COLUMNS) - 1)
_LONGEST, _LINES, _LEADING = 27, 2, 15


@dataclass(frozen=True, slots=True)
class Node:
    """One box: `column` from 0, `y` its upper edge."""

    id: str
    lines: tuple[str, ...]
    """The text; what is too long for two lines is cut."""
    whole: str
    """The text without being cut."""
    url: str
    column: int
    y: float

    @property
    def x(self) -> float:
        """Its left edge."""
        return self.column * (NODE + _GAP)

    @property
    def written(self) -> tuple[tuple[float, str], ...]:
        """Each line with the height of its foot."""
        first = self.y + HIGH / 2 + 5 - _LEADING * (len(self.lines) - 1) / 2
        return tuple((first + _LEADING * number, one) for number, one in enumerate(self.lines))


@dataclass(frozen=True, slots=True)
class Edge:
    """One line between two boxes, as the path of its curve."""

    start: str
    end: str
    path: str


@dataclass(frozen=True, slots=True)
class DataMap:
    """The drawing."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    heads: tuple[tuple[float, str], ...]
    height: float
    width: int = WIDTH
    node: int = NODE
    high: int = HIGH


def data_map(policy: Policy) -> DataMap:
    """The map of `policy`."""
    columns = [list({one[0]: one for one in found}.values()) for found in _found(policy)]
    deepest = max(len(one) for one in columns)
    nodes: dict[str, Node] = {}
    for number, column in enumerate(columns):
        step = ROW * deepest / max(1, len(column))
        for place, (id, text, url) in enumerate(column):
            y = TOP + step * (place + 0.5) - ROW / 2
            nodes[id] = Node(id, _lines(text), text, url, number, y)
    pairs = (one for one in dict.fromkeys(_pairs(policy)) if one[0] in nodes and one[1] in nodes)
    return DataMap(
        nodes=tuple(nodes.values()),
        edges=tuple(_edge(nodes[start], nodes[end]) for start, end in pairs),
        heads=tuple((n * (NODE + _GAP), text) for n, text in enumerate(_COLUMNS)),
        height=TOP + ROW * deepest + ROW / 2,
    )


Found = Iterable[tuple[str, str, str]]


def _found(policy: Policy) -> tuple[Found, ...]:
    """Per column: (id, text, address of the clause)."""
    return (
        [
            (f"data:{key}", category(key).label, f"/privacy/#{clause}")
            for clause, keys in collected(policy).items()
            for key in keys
        ],
        [(f"point:{clause}", _point(policy, clause), f"/privacy/#{clause}")
         for clause in collected(policy)],
        [(f"purpose:{id}", id.replace("-", " "), f"/privacy/#purposes.{id}")
         for id in policy.purposes],
        [(f"recipient:{id}", id.replace("-", " "), f"/privacy/#recipients.{id}")
         for id in policy.recipients],
        [(f"keep:{one}", one, "/privacy/#collect") for one in _keeps(policy).values()],
    )  # fmt: skip


def collected(policy: Policy) -> Mapping[str, tuple[str, ...]]:
    """Clause of a collection point (or of visits) -> its categories."""
    found = {
        f"collect.{id}": tuple(dict.fromkeys(point.fields.values()))
        for id, point in policy.collect.items()
    }
    return found | ({"visits": tuple(policy.visits.collect)} if policy.visits else {})


def _point(policy: Policy, clause: str) -> str:
    return clause.removeprefix("collect.").replace("-", " ")


def _keeps(policy: Policy) -> Mapping[str, str]:
    found = {f"collect.{id}": kept_for(point.keep) for id, point in policy.collect.items()}
    return found | ({"visits": kept_for(policy.visits.keep)} if policy.visits else {})


def purposes_of(policy: Policy, clause: str) -> tuple[str, ...]:
    """What the data of a clause is used for."""
    if clause == "visits":
        return policy.visits.purposes if policy.visits else ()
    return policy.collect[clause.removeprefix("collect.")].purposes


def _pairs(policy: Policy) -> Iterator[tuple[str, str]]:
    keeps = _keeps(policy)
    for clause, keys in collected(policy).items():
        for key in keys:
            yield f"data:{key}", f"point:{clause}"
        for purpose in purposes_of(policy, clause):
            yield f"point:{clause}", f"purpose:{purpose}"
            yield f"purpose:{purpose}", f"keep:{keeps[clause]}"
        for id in recipients_of(policy, clause):
            for purpose in policy.recipients[id].purposes:
                yield f"purpose:{purpose}", f"recipient:{id}"


def recipients_of(policy: Policy, clause: str) -> tuple[str, ...]:
    """Who may get what comes in by a clause."""
    served, keys = set(purposes_of(policy, clause)), collected(policy)[clause]
    point = clause.removeprefix("collect.")
    return tuple(
        id
        for id, one in policy.recipients.items()
        if served & set(one.purposes)
        and (not one.collections or point in one.collections)
        and _gets(one.receives, keys)
    )


def _gets(receives: Iterable[str], keys: Iterable[str]) -> bool:
    keys = tuple(keys)
    return any(is_a(key, one) for one in receives for key in keys)


def _edge(start: Node, end: Node) -> Edge:
    x1, y1 = start.x + NODE, start.y + HIGH / 2
    x2, y2 = end.x, end.y + HIGH / 2
    bend = (x2 - x1) / 2
    path = (
        f"M{x1:.0f},{y1:.1f} C{x1 + bend:.0f},{y1:.1f} {x2 - bend:.0f},{y2:.1f} {x2:.0f},{y2:.1f}"
    )
    return Edge(start.id, end.id, path)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, _LONGEST, max_lines=_LINES, placeholder="…"))
