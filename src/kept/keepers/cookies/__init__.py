"""Cookies and response headers: what the policy does not declare, no response carries."""
