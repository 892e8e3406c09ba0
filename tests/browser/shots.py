"""Pictures of pages on a phone and on a desk, in `build/screenshots/`, for people to look at."""

import os
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).parents[2] / "build" / "screenshots"
SIZES = {"phone": (375, 812), "desk": (1280, 900)}


def shoot(page: Page, name: str, sizes: Iterable[str] = tuple(SIZES)) -> None:
    """Save the whole page in each size as `<engine>-<name>-<size>.png`; keeps the viewport."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    engine = os.environ.get("KEPT_TEST_DB", "sqlite")
    before = page.viewport_size
    for size in sizes:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=FOLDER / f"{engine}-{name}-{size}.png", full_page=True)
    if before:
        page.set_viewport_size(before)
