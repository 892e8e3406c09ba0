"""Changes whose words depend on nothing but their kind and direction."""

from kept.policy.prose.language import _


def plain(kind: str, wider: bool) -> str:
    """The change of a fact of `kind` in a sentence; general words for a kind without its own."""
    said = {
        "fixed": (_("Less can be changed afterwards."), _("More can be changed afterwards.")),
        "removable": (
            _("Less can be taken out of what you send."),
            _("More can be taken out of what you send."),
        ),
        "licence": (_("You now permit us to use it."), _("You no longer permit us to use it.")),
        "condition": (_("A condition is gone."), _("A condition now limits it.")),
        "match": (
            _("It may go to recipients outside your region or line of work."),
            _("It goes only to recipients of your region or line of work."),
        ),
        "host": (
            _("Your browser or our server may contact more addresses for it."),
            _("Your browser and our server contact fewer addresses for it."),
        ),
        "figures": (
            _("Figures are made from more, or may stand for fewer people."),
            _("Figures are made from less, or stand for more people."),
        ),
        "figures-shared": (_("Figures may now be shared."), _("Figures are no longer shared.")),
        "embed": (
            _("Content may come from more websites, or load without your choice."),
            _("Content comes from fewer websites, or only at your choice."),
        ),
        "disclose": (
            _("Data may go to more recipients, with fewer people agreeing or without telling you."),
            _("Data goes to fewer recipients, more people must agree, or you are told."),
        ),
        "set": (
            _("The cookie is now set without asking."),
            _("The cookie is now set only if you choose it."),
        ),
        "removed": (_("Logging out no longer removes it."), _("Logging out now removes it.")),
        "ban": (_("Consent now lifts it."), _("Consent no longer lifts it.")),
        "free": (_("It now costs something."), _("It no longer costs anything.")),
        "except": (_("It now has more exceptions."), _("It now has fewer exceptions.")),
        "held": (
            _("More may be kept for this reason, or for longer."),
            _("Less may be kept for this reason, or for less long."),
        ),
        "age": (_("The lowest age went down."), _("The lowest age went up.")),
        "adults": (_("It is no longer for adults only."), _("It is now for adults only.")),
        "notice": (
            _("It reaches you in fewer ways."),
            _("It reaches you in more ways."),
        ),
        "safeguard-proof": (
            _("Less of it is checked by the software."),
            _("More of it is checked by the software."),
        ),
        "breach": (_("You are told later."), _("You are told sooner.")),
        "breach-by": (_("You are told in fewer ways."), _("You are told in more ways.")),
        "contact": (
            _("There are fewer ways to reach us."),
            _("There are more ways to reach us."),
        ),
        "silent-agreement": (
            _("Going on using the website now counts as agreeing to a change."),
            _("Going on using the website no longer counts as agreeing to a change."),
        ),
        "silent-reach-back": (
            _("A change can now reach what you gave us before without your word."),
            _("A change no longer reaches what you gave us before without your word."),
        ),
        "ahead": (
            _("Changes are posted less long before they take effect."),
            _("Changes are posted longer before they take effect."),
        ),
    }
    general = (_("More is allowed here."), _("Less is allowed here."))
    return said.get(kind, general)[0 if wider else 1]
