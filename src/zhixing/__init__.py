"""Zhixing (知行): an open vehicle-intelligence platform for China's roads.

Read :mod:`zhixing.datatypes` for the nouns, :mod:`zhixing.runtime` for the journeys, and the room in between
for the work itself. Imports go down only: see ``docs/house.md``.
"""

__version__ = "0.1.0"
