"""Clock, canonical JSON, ids and errors: what every room may use. Pure; imports nothing of ours."""
