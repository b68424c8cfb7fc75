"""From recordings to a verdict: ``run`` is the way, ``mining``, ``driving`` and ``judging`` are its steps."""
