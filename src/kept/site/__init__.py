"""The ready-made site: pages, theme and testimonials of a small shop. Nothing imports it."""
