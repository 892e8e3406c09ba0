"""What a log line may say: nothing that looks like a person, an address of a machine, or a card.

A net under the sealed values, not a substitute for them: exceptions and libraries print what they
were given. Rules: a record is masked when it is made, traceback included, so that no handler of
anybody is given the original; the formatter masks the whole line once more; the logger whose line
had to be masked is counted, so that the operator learns which code prints people.
"""

import io
import logging
import traceback
from collections.abc import Callable
from typing import Any

from kept.conf import stopped
from kept.conf.masking import masked
from kept.gate import SealedError

__all__ = ["MaskingFormatter", "install", "masked"]

_UNREADABLE = "a line that could not be put together; its values are withheld"


class MaskingFormatter(logging.Formatter):
    """Level, logger and message, without the time: beside a proxy's log, a time names a visitor."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, masked."""
        return masked(super().format(record))


def install() -> None:
    """Have every record of this process masked as it is made. Again changes nothing."""
    made = logging.getLogRecordFactory()
    if not isinstance(made, _Masking):
        logging.setLogRecordFactory(_Masking(made))


class _Masking:
    """A record factory around another."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **named: Any) -> logging.LogRecord:
        record = self._make(*args, **named)
        if _mask(record):
            stopped.note("log", record.name)
        return record


def _mask(record: logging.LogRecord) -> bool:
    """Mask message and traceback; whether there was anything to mask."""
    text, told = _message(record), _told(record)
    clean, clean_told = masked(text), masked(told)
    if clean != text:
        record.msg, record.args = clean, None
    if told:
        record.exc_text = clean_told
    return (clean, clean_told) != (text, told)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except SealedError:  # whoever prints sealed values learns it where they do
        raise
    except Exception:  # wrong arguments: logging would print them as they are
        record.msg, record.args = _UNREADABLE, None
        return _UNREADABLE


def _told(record: logging.LogRecord) -> str:
    """The traceback, as formatters write it."""
    if not record.exc_info or not record.exc_info[0]:
        return ""
    out = io.StringIO()
    traceback.print_exception(*record.exc_info, file=out)
    return out.getvalue().rstrip("\n")
