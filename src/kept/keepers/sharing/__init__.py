"""Everything that leaves: decided per recipient right before it leaves, and recorded."""
