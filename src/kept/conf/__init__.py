"""The host project's three lines: settings read once, apps named once, middleware placed once.

Every room above reads the host's `KEPT` setting through here, so that a wrong value has one error.
"""

from kept.conf.installed import APPS
from kept.conf.middleware import middleware
from kept.conf.settings import Settings, settings

__all__ = ["APPS", "Settings", "middleware", "settings"]
