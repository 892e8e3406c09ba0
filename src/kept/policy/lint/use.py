"""What is declared is used: purposes serve something, and what is gathered has a purpose."""

from collections.abc import Iterator

from kept.policy.lint.sharing import gathered
from kept.policy.model import Policy
from kept.policy.positions import Path
from kept.policy.problems import Problem, Where


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """W101, W102, W104."""
    sources = gathered(policy)
    used = {id for purposes, _ in sources.values() for id in purposes}
    used |= {id for one in policy.recipients.values() for id in one.purposes}
    used |= {id for one in policy.aggregates.values() for id in one.purposes}
    used |= {id for one in policy.combine.values() for id in one.purposes}
    for id in policy.purposes:
        if id not in used:
            message = f"the purpose `{id}` is used nowhere"
            yield where.lint("W101", message, ("purposes", id), word=id)
    for path, word in _unused_reasons(policy):
        yield where.lint("W104", f"nothing refers to `{word}`", path, word=word)
    for id, (purposes, categories) in sources.items():
        if categories and not purposes:
            section, _, name = id.partition(".")
            message = f"`{id}` collects `{min(categories)}` for no purpose"
            yield where.lint("W102", message, (section, name) if name else (section,), word=id)


def _unused_reasons(policy: Policy) -> Iterator[tuple[Path, str]]:
    """Holds that limit no right and statutes that no keep stands on."""
    limiting = {id for one in policy.rights.values() for id in one.except_}
    asking = {one.statute for one in policy.collect.values()}
    asking |= {policy.visits.statute} if policy.visits else set()
    yield from ((("holds", id), id) for id in policy.holds if id not in limiting)
    yield from ((("statutes", id), id) for id in policy.statutes if id not in asking)
