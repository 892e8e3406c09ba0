"""The sentence of the policy behind each clause, for reports."""

from kept.policy import Policy, prose


def sentences(policy: Policy) -> dict[str, str]:
    """Promise id -> sentence, of the whole policy."""
    document = prose.document(policy)
    return {one.id: one.text for section in document.sections for one in section.sentences}
