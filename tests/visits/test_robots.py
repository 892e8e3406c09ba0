"""Which `User-Agent` is taken for a robot's."""

import pytest

from kept.keepers.visits.robots import is_robot

_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        "  ",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Twitterbot",
        "SomeBot-Image",
        "Baiduspider+(+http://www.baidu.com/search/spider.htm)",
        "curl/8.5.0",
        "Python-urllib/3.11",
        "Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
        "Java/17.0.2",
    ],
)
def test_what_says_that_it_is_a_robot_is_one(user_agent: str):
    assert is_robot(user_agent)


@pytest.mark.parametrize(
    "user_agent", [_FIREFOX, f"{_FIREFOX} Botany", "Cubots", "JavaScript", "Mozilla"]
)
def test_what_only_sounds_like_one_is_a_person(user_agent: str):
    assert not is_robot(user_agent)
