"""One module for each part of the policy: its clauses as sentences."""
