"""Files in and out: bytes become nouns and nouns become bytes, nothing else happens here.

``xml_files`` and ``csv_files`` read what strangers wrote; ``opendrive*`` and ``lanelet2*`` read maps; ``openscenario``
and ``commonroad*`` read closed-loop tasks; ``apolloscape`` and ``sind*`` read recordings; ``mcap_files`` writes and
reads our own; ``trace_csv`` writes what an exam asks for.
"""
