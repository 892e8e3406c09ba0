"""Form fields that no collection point names.

Rules (UI-02, UI-07, SC-25): a form belongs to the collection point that names most of its fields,
and that point must name them all. Left out are what people press, boxes of agreement, searches,
traps for robots that no person can reach, and hidden fields that tell the site nothing about the
visitor: the same for every browser, or another one each time the page is opened.
"""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from kept.audit.evidence import Evidence, FieldSeen, FormSeen
from kept.audit.findings import Finding
from kept.audit.inspectors import asking
from kept.policy import Policy

_TOKEN = re.compile(r"csrf|xsrf|authenticity_token|requestverificationtoken|nonce")
_ADDRESS = re.compile(r"[0-9a-fA-F:.]{7,45}")
Values = Mapping[tuple[str, str], tuple[str, ...]]


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each field of each form."""
    hidden = _hidden(evidence)
    for seen in evidence.each():
        for form in seen.forms:
            names = [one for one in form.fields if _asks(one, form, hidden)]
            if form.search or not names:
                continue
            clause, known = point(policy, names)
            for one in names:
                if plain(one.name) not in known:
                    how = "a hidden field" if one.kind == "hidden" else f"“{one.label or one.name}”"
                    says = f"A form asks for `{one.name}` ({how}), which `{clause}` does not name."
                    line = f"{form.method.upper()} {form.action}: {one.name} ({one.kind})"
                    yield Finding(
                        "field-undeclared",
                        one.name,
                        clause,
                        says,
                        (seen.state,),
                        (form.page,),
                        (line,),
                    )


def point(policy: Policy, fields: list[FieldSeen]) -> tuple[str, set[str]]:
    """The clause that names most of these fields, and the names it knows."""
    names = {plain(one.name) for one in fields}
    best, known = "collect", set[str]()
    for id, one in policy.collect.items():
        if len(names & set(one.fields)) > len(names & known):
            best, known = f"collect.{id}", set(one.fields)
    return best, known


def plain(name: str) -> str:
    """A field's name as policies write it: `your-Name[0]` is `your_name`."""
    bare = re.sub(r"\[\d*\]$", "", name)
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")


def _asks(one: FieldSeen, form: FormSeen, hidden: Values) -> bool:
    if not one.reachable or (one.kind == "checkbox" and asking.agreement(one)):
        return False
    if one.kind != "hidden":
        return True
    return _tells(one, hidden.get((form.page, one.name), ()))


def _tells(one: FieldSeen, values: tuple[str, ...]) -> bool:
    """Whether a hidden field can tell the site something about who looks at it."""
    if _TOKEN.search(plain(one.name)) and one.written:
        return False
    if not one.written or not one.value or _is_address(one.value):
        return True
    return not (len(set(values)) == 1 or len(set(values)) == len(values))


def _hidden(evidence: Evidence) -> Values:
    """Every value that a hidden field had, by page and name, in browsers without a choice."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for state in ("before choice", "another browser"):
        seen = evidence.states.get(state)
        for form in seen.forms if seen else ():
            for one in form.fields:
                if one.kind == "hidden":
                    found[form.page, one.name].append(one.value)
    return {key: tuple(values) for key, values in found.items()}


def _is_address(value: str) -> bool:
    if not _ADDRESS.fullmatch(value):
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True
