"""The app of orders."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Label `kept_orders`."""

    name = "kept.keepers.orders"
    label = "kept_orders"
    verbose_name = "Orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add the page of an account; say which rows have events."""
        from kept.keepers.accounts import pages
        from kept.keepers.orders import recorded

        recorded.register()
        pages.register(pages.AccountPage("orders:quotes", "Quotes", 5))
