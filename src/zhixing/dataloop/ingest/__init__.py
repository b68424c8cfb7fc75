"""From files to drives: ``readers`` read, ``quality`` checks, ``ingest`` does it for whole folders."""
