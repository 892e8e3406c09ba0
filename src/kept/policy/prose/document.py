"""The whole policy in prose."""

from kept.policy.model import Policy
from kept.policy.prose.language import _, keep, listed, sentence
from kept.policy.prose.shapes import Document, Section, Sentence


def document(policy: Policy) -> Document:
    """The policy as people read it; every clause has its sentence."""
    meta = policy.meta
    uses = [
        Sentence(f"purposes.{id}", sentence(_("We use it to {says}", says=one.says)))
        for id, one in policy.purposes.items()
    ]
    points = [
        Sentence(
            f"collect.{id}",
            _("When you {says}, we keep it {keep}.", says=one.says, keep=keep(one.keep)),
        )
        for id, one in policy.collect.items()
    ]
    bans = [
        Sentence(f"never.{id}", sentence(one.says or listed(["never", id])))
        for id, one in policy.never.items()
    ]
    sections = (
        Section("collect", _("What we collect"), tuple(points)),
        Section("purposes", _("What we use it for"), tuple(uses)),
        Section("never", _("What we never do"), tuple(bans)),
    )
    return Document(
        title=_("Privacy policy"),
        site=meta.site,
        version=meta.version,
        effective=meta.effective,
        updated=meta.updated,
        language=meta.language,
        sections=tuple(one for one in sections if one.sentences),
    )
