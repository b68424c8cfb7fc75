"""Plain language becomes a query: ``words`` are known, ``scan``, ``items`` and ``grammar`` read, ``asking`` answers."""
