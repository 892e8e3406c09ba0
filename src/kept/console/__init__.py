"""The operator's pages. They show what the rooms below tell, and hold no rules of their own."""
