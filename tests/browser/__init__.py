"""The whole way, as visitor and operator, in a real browser against real processes."""
