"""What people can ask for: ways in that cannot be mistaken, and ways out of what they agreed to."""

from collections.abc import Iterator

from kept.policy.model import Policy
from kept.policy.problems import Problem, Where

_WAYS_OUT = ("withdraw", "cease", "unsubscribe", "object")


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """E043, W115 to W119."""
    yield from _ways_in(policy, where)
    yield from _way_out(policy, where)
    if policy.collect and not any(one.email or one.post for one in policy.contacts.values()):
        message = "nobody can be asked: `contacts` has no email or postal address"
        yield where.lint("W116", message, ("contacts",), word="contacts")
    for index, id in enumerate(policy.signals.stops):
        basis = policy.purposes[id].basis
        if basis in ("contract", "legal-obligation", "vital-interest"):
            message = f"a browser signal cannot stop `{id}`, which rests on {basis}"
            yield where.lint("W119", message, ("signals", "stops", index), word=id)


def _ways_in(policy: Policy, where: Where) -> Iterator[Problem]:
    subjects: dict[str, str] = {}
    for id, right in policy.rights.items():
        path = ("rights", id, "mail-subject")
        heading = right.mail_subject
        if heading and (first := subjects.setdefault(heading.casefold(), id)) != id:
            message = f"`{heading}` already asks for `{first}`"
            yield where.error("E043", message, path, word=heading)
        if heading and not right.contact:
            message = f"nothing says where to send `{heading}`"
            yield where.lint("W117", message, path, word=heading)
        if not (right.web or right.account or heading or right.contact):
            message = f"there is no way to ask for `{id}`"
            yield where.lint("W118", message, ("rights", id), word=id)


def _way_out(policy: Policy, where: Where) -> Iterator[Problem]:
    if any(id in policy.rights for id in _WAYS_OUT):
        return
    for id, purpose in policy.purposes.items():
        if purpose.basis == "consent":
            message = f"`{id}` rests on consent, and no right lets people take it back"
            yield where.lint("W115", message, ("purposes", id), word=id)
            return
