"""Orders: a quote that the operator writes and a client accepts. Facade: `flows`."""
