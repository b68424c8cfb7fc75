"""Queries that others know by a name: nuPlan's tags and RefAV's functions."""
