"""The report of a gate as one page that needs nothing else: ``page`` makes it, the scripts beside it draw it."""
