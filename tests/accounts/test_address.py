"""Attempts per address are counted in memory only and forgotten."""

import pickle

import pytest
from django.test import RequestFactory, override_settings

from kept.conf import settings as kept_settings
from kept.keepers.accounts import address


class Timer:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_address_waits_after_its_limit_and_others_do_not():
    brake = address.Brake(limit=3, timer=Timer())
    assert [brake.wait("192.0.2.1") for _ in range(3)] == [0, 0, 0]
    assert brake.wait("192.0.2.1") == address.WINDOW
    assert brake.wait("192.0.2.2") == 0


def test_a_window_ends_with_its_key_and_its_counts():
    timer = Timer()
    brake = address.Brake(limit=1, timer=timer)
    brake.wait("192.0.2.1")
    before = vars(brake)["_key"], list(vars(brake)["_counts"])
    timer.now = float(address.WINDOW)
    assert brake.wait("192.0.2.1") == 0
    assert before[0] != vars(brake)["_key"]
    assert before[1] != list(vars(brake)["_counts"])


def test_no_address_stands_in_memory():
    brake = address.Brake()
    brake.wait("192.0.2.77")
    state = {name: value for name, value in vars(brake).items() if name not in ("_lock", "_timer")}
    assert b"192.0.2.77" not in pickle.dumps(state)
    assert len(vars(brake)["_counts"]) == 1


def test_one_subscribers_ipv6_addresses_count_together():
    brake = address.Brake(limit=1, timer=Timer())
    assert brake.wait("2001:db8:1:1::1") == 0
    assert brake.wait("2001:db8:1:1:ffff::2")
    assert brake.wait("2001:db8:1:2::1") == 0


def test_more_addresses_than_there_is_room_for_share_one_count():
    brake = address.Brake(limit=2, room=2, timer=Timer())
    assert [brake.wait(f"192.0.2.{n}") for n in range(4)] == [0, 0, 0, 0]
    assert brake.wait("192.0.2.9")
    assert brake.wait("192.0.2.1") == 0


@pytest.mark.parametrize(
    ("peer", "header", "client"),
    [
        ("198.51.100.7", "192.0.2.1", "198.51.100.7"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "10.9.9.9, 192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "192.0.2.1, 10.0.0.1", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "<script>", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.1, nonsense", "127.0.0.1"),
    ],
    ids=[
        "a stranger's header", "a proxy's", "a forged one before it", "two proxies",
        "no header", "no address", "a malformed last hop",
    ],
)  # fmt: skip
def test_forwarding_headers_are_believed_from_trusted_proxies_only(settings, peer, header, client):
    given = {**settings.KEPT, "TRUSTED_PROXIES": ("127.0.0.1", "10.0.0.1")}
    with override_settings(KEPT=given):
        kept_settings.cache_clear()
        request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=header)
        assert address.of(request) == client
