"""An event of the ledger in words, for the person it is about.

Rules: each kind that can be about a person has its sentence; whoever acted is said by kind ("a
member of staff"), never by name or number; names of the policy are told in the policy's words.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kept import policy, promises
from kept.keepers.rights.kinds import KINDS
from kept.policy import Policy

Event = Mapping[str, Any]
_WHO = {
    "staff": "a member of staff",
    "subject": "you",
    "visitor": "a visitor",
    "system": "our software",
}
_BUILT_IN = {
    "own-data": "show you your own data",
    "sign-in": "make sure that it is you, and reach you about it",
    "operate": "keep the website running",
    "maintain": "look after the stored data",
}


def words(event: Event, current: Policy) -> str:
    """The event, in a sentence that begins in small letters."""
    return _SAYS.get(event["kind"], _other)(event, current)


def _categories(event: Event) -> str:
    known = policy.categories()
    names = [
        known[one].label if one in known else one for one in event.get("categories", ())
    ]  # fmt: skip
    return ", ".join(names) or "nothing"


def _purpose(id: str, current: Policy) -> str:
    declared = current.purposes.get(id)
    return declared.says if declared is not None else _BUILT_IN.get(id, id)


def _opened(event: Event, current: Policy) -> str:
    who = _WHO.get(event["actor"], event["actor"])
    return f"{who} opened: {_categories(event)}, to {_purpose(event['purpose'], current)}"


def _sent(event: Event, current: Policy) -> str:
    id = event["recipient"]
    clause = current.recipients.get(id)
    to = "you" if id == "subject" else (clause.says if clause and clause.says else id)
    why = _purpose(event["purpose"], current)
    return f"sent to {to}: {_categories(event)}, to {why}"


def _collected(event: Event, current: Policy) -> str:
    return f"collected {_where(event, current)}: {_categories(event)}"


def _agreed(event: Event, current: Policy) -> str:
    return "you agreed that we " + "; ".join(_purpose(one, current) for one in event["purposes"])


def _withdrawn(event: Event, current: Policy) -> str:
    what = "; ".join(_purpose(one, current) for one in event["purposes"])
    return f"you took back that we {what}"


def _changed(event: Event, _current: Policy) -> str:
    return f"changed or added: {_categories(event)}"


def _account(event: Event, _current: Policy) -> str:
    words = {"signed-in": "signed in", "signed-out": "signed out"}
    return f"account: {words.get(event['what'], event['what'].replace('-', ' '))}"


def _requested(event: Event, _current: Policy) -> str:
    return f"you asked for: {_right(event)}"


def _progressed(event: Event, _current: Policy) -> str:
    said = {
        "verified": "we made sure that it was you who asked for",
        "delayed": "it began to wait, so that you can take it back",
        "working": "we began to carry out",
    }
    return f"{said[event['state']]}: {_right(event)}"


def _answered(event: Event, _current: Policy) -> str:
    said = {
        "done": "carried out",
        "partly": "carried out in part",
        "nothing": "we hold nothing for it",
        "same": "it joined one that was under way",
        "refused": "refused",
        "cancelled": "taken back",
        "lapsed": "over, because nobody confirmed it",
    }
    return f"what you asked for came to its end, {said[event['outcome']]}: {_right(event)}"


def _right(event: Event) -> str:
    kind = KINDS.get(event["right"])
    return event["right"] if kind is None else kind.title[:1].lower() + kind.title[1:]


def _restricted(event: Event, _current: Policy) -> str:
    said = {"free": "may be used again", "ceased": "is not used any more"}
    return f"your data {said.get(event['state'], 'is kept and not used')}"


def _objected(event: Event, current: Policy) -> str:
    return "you said no to this: " + "; ".join(_purpose(one, current) for one in event["purposes"])


def _agreed_to_version(event: Event, _current: Policy) -> str:
    posted = promises.posted(event["version"])
    label = str(event["version"]) if posted is None else posted.label
    way = "" if event["way"] == "express" else ", by going on to use the website"
    return f"you agreed to version {label} of our privacy policy{way}"


def _published(event: Event, current: Policy) -> str:
    verb = "published" if event.get("state", "public") == "public" else "taken down again"
    return f"{verb}: what came in {_where(event, current)}"


def _moderated(event: Event, current: Policy) -> str:
    verb = "let it be published" if event["outcome"] == "accepted" else "refused to publish it"
    return f"a member of staff looked at what came in {_where(event, current)} and {verb}"


def _held(event: Event, current: Policy) -> str:
    reason = current.holds.get(event["hold"])
    what = reason.says if reason is not None else event["hold"].replace("-", " ")
    return f"a legal reason to keep some of your data {_BEGAN[event['state']]}: {what}"


def _merged(event: Event, _current: Policy) -> str:
    done = event["state"] == "done"
    return f"two records of yours {'were' if done else 'were about to be'} put together"


def _erased(event: Event, _current: Policy) -> str:
    said = {"decided": "deleting your data was decided", "purged": "your data was deleted"}
    return said[event["state"]]


def _removed(event: Event, current: Policy) -> str:
    return f"removed, because something newer took its place: what came in {_where(event, current)}"


def _dropped(event: Event, current: Policy) -> str:
    return f"not kept, because no clause asks for it: {event['fields']} of what was sent " + _where(
        event, current
    )


def _found(_event: Event, _current: Policy) -> str:
    return "an entry about you stood here when a new record was begun"


def _other(event: Event, _current: Policy) -> str:
    rest = ", ".join(
        f"{name}: {value}" for name, value in event.items() if name not in ("kind", "by", "row")
    )
    return f"{event['kind']}{f' ({rest})' if rest else ''}"


def _where(event: Event, current: Policy) -> str:
    point = event.get("point")
    clause = current.collect.get(point or "")
    return f"when you {clause.says}" if clause is not None else str(point or "elsewhere")


_BEGAN = {"placed": "began", "released": "ended"}
_SAYS: Mapping[str, Callable[[Event, Policy], str]] = {
    "Account": _account,
    "Agreed": _agreed_to_version,
    "Answered": _answered,
    "Changed": _changed,
    "Collected": _collected,
    "Consented": _agreed,
    "Dropped": _dropped,
    "Erased": _erased,
    "Found": _found,
    "Held": _held,
    "Merged": _merged,
    "Moderated": _moderated,
    "Objected": _objected,
    "Opened": _opened,
    "Progressed": _progressed,
    "Published": _published,
    "Removed": _removed,
    "Requested": _requested,
    "Restricted": _restricted,
    "Sent": _sent,
    "Withdrawn": _withdrawn,
}
