"""What the tables of this house are called to the people they are about. Data only.

Rules: a model says its own title in `class Kept: says = "…"`; here stand those of rooms below this
one and of models whose own title is for staff; without either, it is the model's plural.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "kept_accounts.Link": "Mails about your account that wait for you",
        "kept_accounts.OpenSession": "Where you are signed in",
        "kept_accounts.Profile": "Your details and preferences",
        "kept_accounts.RecoveryCode": "Recovery codes of your account",
        "kept_accounts.SecondFactor": "The second factor of your account",
        "kept_accounts.User": "Your account",
        "kept_consent.Consent": "What you agreed to",
        "kept_forms.Answer": "What we answered",
        "kept_forms.Submission": "What you sent us by our forms",
        "kept_ledger.Outbox": "Events that are about to be signed",
        "kept_mailings.Asked": "News you asked for and have not confirmed",
        "kept_mailings.Subscription": "News you asked for",
        "kept_notices.Agreement": "Versions of our privacy policy that you agreed to",
        "kept_notices.Shown": "Changes of our privacy policy that you were shown",
        "kept_orders.Quote": "Quotes for you",
        "kept_sharing.Disclosure": "What we gave to others",
        "kept_sharing.Mail": "Mails to you that wait to be sent",
        "kept_sharing.Permission": "What you said to others getting your data",
        "kept_sharing.Reference": "The number by which somebody who got your data names you",
        "kept_site.Testimonial": "What you wrote for publication",
        "kept_visits.LinkedView": "Pages that you looked at",
        "kept_vault.Erasure": "Deletions",
        "kept_vault.Hold": "Legal reasons to keep some of your data",
        "kept_vault.Link": "Which rows elsewhere are yours",
        "kept_vault.Merger": "Records of yours that were put together",
        "kept_vault.SealedFile": "Files",
        "kept_vault.Subject": "Your choices, as our software keeps them",
    }
)

INNER: Final = frozenset(
    {
        "kept_ledger.Outbox", "kept_rights.Link", "kept_rights.Package", "kept_sharing.Reference",
        "kept_vault.Link", "kept_vault.Subject",
    }
)  # fmt: skip
"""What our software notes beside what came from people; shown after it."""


def title(model: Any) -> str:
    """The title of a table."""
    own: str | None = getattr(model.__dict__.get("Kept"), "says", None)
    plural = str(model._meta.verbose_name_plural)
    return own or _TITLES.get(model._meta.label) or f"{plural[:1].upper()}{plural[1:]}"
