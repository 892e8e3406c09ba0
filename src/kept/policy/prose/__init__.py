"""The policy in plain words: the whole document, and the notice of one collection point."""

from kept.policy.prose import render
from kept.policy.prose.document import document
from kept.policy.prose.labels import label
from kept.policy.prose.language import day as spoken_day
from kept.policy.prose.language import keep as kept_for
from kept.policy.prose.language import translated_by
from kept.policy.prose.notice import notice
from kept.policy.prose.shapes import Document, Item, Link, Notice, Section, Sentence, Use

__all__ = [
    "Document",
    "Item",
    "Link",
    "Notice",
    "Section",
    "Sentence",
    "Use",
    "document",
    "kept_for",
    "label",
    "notice",
    "render",
    "spoken_day",
    "translated_by",
]
