"""Sealing and unsealing survive kill -9 at any moment: whoever runs it again loses nothing."""

import random
import signal

import pytest

from tests.vault.adoption.shop import OldShop


def killed(shop: OldShop, *words: str, kill: str) -> bool:
    """Run; whether it killed itself. Anything but that and success is a failure."""
    done = shop.run(*words, kill=kill)
    assert done.returncode in (0, -signal.SIGKILL), done.stdout + done.stderr
    return done.returncode != 0


def until_done(shop: OldShop, *words: str, kind: str, step: int, seed: int) -> int:
    """Kill it again and again, each time somewhere else; how often it was killed."""
    chance, times = random.Random(seed), 0
    while killed(shop, *words, kill=f"{kind}:{chance.randint(1, step)}"):
        times += 1
        step += step // 2  # it has to get somewhere, in the end
    return times


def at_each_batch(shop: OldShop, *words: str) -> int:
    """Kill it after the first batch, then after the second, and so on; how often."""
    times = 0
    while killed(shop, *words, kill=f"batch:{times + 1}"):
        times += 1
    return times


@pytest.mark.parametrize(("kind", "step"), [("statement", 60), ("keys", 3)])
def test_sealing_is_killed_again_and_again(shop: OldShop, kind: str, step: int):
    before = shop.rows()
    shop.models("sealed")
    shop("makemigrations", "shop")
    assert until_done(shop, "migrate", kind=kind, step=step, seed=step) > 2
    assert shop.rows() == before
    assert shop.files_with("quux") == []
    assert "No planned migration operations" in shop("migrate", "--plan")


def test_sealing_is_killed_after_each_batch(shop: OldShop):
    before = shop.rows()
    shop.models("sealed")
    shop("makemigrations", "shop")
    assert at_each_batch(shop, "migrate") >= 6  # the inquiries alone are as many
    assert shop.rows() == before
    assert shop.files_with("quux") == []


def test_unsealing_is_killed_again_and_again_and_after_each_batch(shop: OldShop):
    before = shop.rows()
    shop.models("sealed")
    shop("makemigrations", "shop")
    shop("migrate")
    shop.models("clear")
    assert shop("makemigrations", "shop").count("Unseal ") == 3
    first = until_done(shop, "migrate", "shop", "0006", kind="statement", step=60, seed=60)
    assert first + at_each_batch(shop, "migrate") > 4
    assert shop.rows() == before
    assert shop.python("from kept.vault.models import Link; print(Link.objects.count())") == "76\n"
