"""Writes the reports of one audit into a folder."""

import json
from pathlib import Path

from kept.audit.audited import Audited
from kept.audit.reporters.page import page
from kept.audit.reporters.wec import inspection

PAGE = "audit.html"
JSON = "inspection.json"


def write(audited: Audited, folder: Path) -> tuple[Path, Path]:
    """The page and the JSON in `folder`, which is made; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    shown, data = folder / PAGE, folder / JSON
    shown.write_text(page(audited), "utf-8")
    data.write_text(json.dumps(inspection(audited), indent=2, ensure_ascii=False), "utf-8")
    return shown, data
