"""The engine of the query algebra: slow enough to be obviously right, quick enough to be used.

Read in this order: ``engine`` (a query over a drive gives hits), ``evaluation`` (a condition becomes an array over
roles and steps), ``truth`` and ``spans`` (true, false, undefined; and what time words mean), ``prepared`` (a drive as
arrays), ``catalogue`` and the ``measures_…`` (what can be measured), ``lane_match`` (who is on which lane).
"""
