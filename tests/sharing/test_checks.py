"""A production site is told when its mails do not leave."""

import pytest

from kept.keepers.sharing import checks

SMTP = "django.core.mail.backends.smtp.EmailBackend"
HERE = "kept.keepers.sharing.mailbox.SealedMailbox"


@pytest.mark.parametrize(
    ("production", "mailbox", "backend", "told"),
    [
        (False, True, HERE, 0),
        (True, False, SMTP, 0),
        (True, True, SMTP, 1),
        (True, False, HERE, 1),
    ],
)
def test_mails_that_stay_at_home_in_production_are_told(
    settings, production, mailbox, backend, told
):
    settings.KEPT = {**settings.KEPT, "PRODUCTION": production, "MAILBOX": mailbox}
    settings.EMAIL_BACKEND = backend
    assert [one.id for one in checks.mails_leave()] == ["kept.S006"] * told
