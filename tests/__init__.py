"""The tests of Kept, one folder per room. Their settings are `tests.settings`."""
