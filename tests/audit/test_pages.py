"""Forms, boxes, and the policy page."""

import itertools

import pytest

from tests.audit.site import Answer, Site

FORM = Site().form


def _with(html: str) -> Site:
    return Site(form=FORM.replace("<button>", f"{html}<button>"))


def test_a_field_that_no_collection_point_names_is_found_under_its_point(audited):
    done = audited(_with('<label>Born <input type="date" name="birthday"></label>'))
    (one,) = done.findings
    assert (one.kind, one.subject, one.clause) == (
        "field-undeclared",
        "birthday",
        "collect.inquiry",
    )


def test_a_box_of_agreement_that_stands_ticked_is_found(audited):
    box = '<label><input type="checkbox" name="news" checked> Send me your newsletter</label>'
    (one,) = audited(_with(box)).findings
    assert (one.kind, one.subject, one.clause) == ("box-ticked", "news", "collect.inquiry")


@pytest.mark.parametrize(
    "html",
    [
        '<input type="hidden" name="screen" id="screen"><script>screen_.value=1</script>',
        '<input type="hidden" name="screen">',
        '<input type="hidden" name="screen" id=s><script>s.value=innerWidth</script>',
        '<input type="hidden" name="screen" value="203.0.113.9">',
    ],
    ids=["broken script", "to be filled", "filled by a script", "an IP address"],
)
def test_a_hidden_field_that_can_tell_something_about_the_visitor_is_found(found, html):
    assert found(_with(html)) == {("field-undeclared", "screen")}


def test_a_hidden_field_that_names_the_browser_is_found_and_a_one_time_token_is_not(found):
    numbers = itertools.count()

    def page(asked):
        who = asked.cookies.get("choice", "")
        browser = asked.cookies.get("n", "") or str(next(numbers))
        hidden = (
            f'<input type="hidden" name="visitor" value="v{browser}">'
            f'<input type="hidden" name="form-key" value="{next(numbers)}">'
            '<input type="hidden" name="form-name" value="inquiry">'
            '<p aria-hidden="true"><input name="leave-empty" tabindex="-1" autocomplete="off"></p>'
        )
        done = site.answer_plain(asked, FORM.replace("<button>", f"{hidden}<button>"))
        done.headers.append(("Set-Cookie", f"n={browser}; Path=/"))
        assert who in ("", "yes", "no")
        return done

    class Keyed(Site):
        def answer_plain(self, asked, form):
            self.form, view = form, self.views.pop("/contact")
            try:
                return self.answer(asked)
            finally:
                self.views["/contact"] = view

    site = Keyed(views={"/contact": page})
    more = '[cookies.n]\nsays = "a number"\nlifetime = "session"\nnecessary = true'
    assert found(site, more) == {("field-undeclared", "visitor")}


def test_a_site_without_a_link_to_its_policy_is_found(found):
    site = Site(policy_link="")
    assert {kind for kind, _ in found(site)} == {"policy-page-missing"}


def test_a_policy_page_without_its_date_is_found(found):
    views = {"/privacy": lambda _: Answer("<h1>Privacy policy</h1><p>We care.</p>")}
    assert found(Site(views=views)) == {("policy-page-undated", "effective")}
