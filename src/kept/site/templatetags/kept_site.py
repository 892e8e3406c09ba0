"""`{% site_name %}`: whose site this is, as the policy in force says it.

Rules: a page that tells of an error renders whatever is broken, so there the name may be missing
and the page says `this site`.
"""

from django import template

from kept import promises

register = template.Library()
UNKNOWN = "this site"


@register.simple_tag
def site_name() -> str:
    """`[policy] site`."""
    try:
        return promises.current().policy.meta.site
    except Exception:  # no policy yet, or no database: the page itself is what matters
        return UNKNOWN
