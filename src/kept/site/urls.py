"""Every address of the site: the shop's own pages, and the rooms of Kept that have a face."""

from django.urls import include, path

from kept.keepers.cookies.signals import gpc
from kept.site import pages, views

_shop = [
    path("", views.Page.as_view(template_name="kept_site/home.html"), name="home"),
    path("products/", views.Page.as_view(template_name="kept_site/products.html"), name="products"),
    path("products/<slug:slug>/", views.range_page, name="range"),
    path("about/", views.Page.as_view(template_name="kept_site/about.html"), name="about"),
    path("contact/", views.Contact.as_view(), name="contact"),
    path("ask/", pages.Ask.as_view(), name="ask"),
    path("thanks/", views.Page.as_view(template_name="kept_site/thanks.html"), name="thanks"),
    path("testimonials/", pages.testimonials_page, name="testimonials"),
    path("testimonials/write/", pages.Write.as_view(), name="write"),
    path(
        "testimonials/thanks/",
        views.Page.as_view(template_name="kept_site/written.html"),
        name="written",
    ),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
]

urlpatterns = [
    path("", include((_shop, "kept_site"))),
    path(".well-known/gpc.json", gpc),
    path("privacy/cookies/", include("kept.keepers.cookies.urls")),
    path("privacy/requests/", include("kept.keepers.rights.urls")),
    path("privacy/", include("kept.promises.urls")),
    path("account/", include("kept.keepers.accounts.urls")),
    path("account/", include("kept.keepers.rights.account_urls")),
    path("account/", include("kept.keepers.notices.urls")),
    path("account/", include("kept.keepers.orders.urls")),
    path("news/", include("kept.keepers.mailings.urls")),
    path("sharing/", include("kept.keepers.sharing.urls")),
    path("console/", include("kept.console.urls")),
    path("mailbox/", include("kept.console.mailbox_urls")),
]
