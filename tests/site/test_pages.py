"""The pages: there, the same for everyone, and made of the policy where they speak of it."""

import re

import pytest

from kept.site import catalogue

STATIC = ["/", "/products/", "/about/", "/contact/", "/thanks/", "/testimonials/thanks/"]
RANGES = [f"/products/{slug}/" for slug in catalogue.ranges()]


@pytest.mark.parametrize("path", STATIC + RANGES)
def test_a_static_page_reads_nothing_and_sets_nothing(
    usimprints, client, django_assert_num_queries, path
):
    client.get("/contact/")
    with django_assert_num_queries(0):
        response = client.get(path, headers={"cookie": f"sessionid={32 * 'a'}"})
    assert response.status_code == 200
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")


def test_every_address_of_the_sitemap_answers(usimprints, client):
    sitemap = client.get("/sitemap.xml").content.decode()
    found = re.findall(r"<loc>http://testserver(.*?)</loc>", sitemap)
    assert len(found) == 8 + len(RANGES)
    assert {path: client.get(path).status_code for path in found} == dict.fromkeys(found, 200)


def test_every_link_of_the_frame_leads_somewhere(usimprints, client):
    page = client.get("/").content.decode()
    links = set(re.findall(r'href="(/[^"#]*)', page)) - {"/static/kept_site/site.css"}
    assert len(links) >= 10
    broken = {one for one in links if client.get(one).status_code != 200}
    assert {one for one in broken if not one.startswith("/static/")} == set()


def test_the_anchors_that_pages_link_to_exist_on_the_policy_page(usimprints, client):
    pages = "".join(client.get(path).content.decode() for path in ("/", "/contact/", "/news/"))
    wanted = set(re.findall(r'href="/privacy/#([^"]+)"', pages))
    there = set(re.findall(r' id="([^"]+)"', client.get("/privacy/").content.decode()))
    assert wanted
    assert wanted <= there


def test_crawlers_are_kept_from_the_console_and_told_of_the_sitemap(client, db):
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /console/\n" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots


def test_the_contact_page_names_the_contacts_of_the_policy(usimprints, client):
    page = client.get("/contact/").content.decode()
    assert [
        one.email for one in usimprints.posted.policy.contacts.values() if one.email not in page
    ] == []


def test_an_unknown_range_is_a_page_that_says_so(usimprints, client):
    response = client.get("/products/anvils/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_a_page_that_takes_no_post_says_so(usimprints, client):
    response = client.post("/products/bags/", {"name": "x"})
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


def test_a_form_without_its_token_is_refused_with_a_way_on(usimprints):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/ask/", {"name": "x"})
    assert response.status_code == 403
    assert "nothing was stored" in response.content.decode()
