"""Verbs on evidence: what the fleet met on the road becomes what makes the driver better.

``mining`` finds in a drive what a query asks for.
"""
