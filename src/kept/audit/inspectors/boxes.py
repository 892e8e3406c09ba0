"""Boxes of agreement that stand ticked before anybody touched them (UI-03; GDPR recital 32)."""

from collections.abc import Iterator

from kept.audit.evidence import Evidence
from kept.audit.findings import Finding
from kept.audit.inspectors import asking, fields
from kept.policy import Policy

_UNTOUCHED = ("before choice", "another browser", "data cleared")


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each box; in states where nobody has chosen anything."""
    for seen in evidence.each():
        for form in seen.forms if seen.state in _UNTOUCHED else ():
            for one in form.fields:
                if one.ticked and one.visible and asking.agreement(one):
                    clause, _ = fields.point(policy, list(form.fields))
                    says = f"The box “{one.label or one.name}” stands ticked."
                    line = (f"{form.method.upper()} {form.action}: {one.name}",)
                    yield Finding(
                        "box-ticked", one.name, clause, says, (seen.state,), (form.page,), line
                    )
