"""Where drives are kept: read ``archive`` first, then ``entries`` (what is said of a drive) and ``states`` (rows)."""
