"""Mailings: news and other information, for those who asked for them. Facade: `flows`."""
