"""Files in and out: bytes become nouns and nouns become bytes, nothing else happens here.

``xml_files`` reads untrusted XML; ``opendrive*`` reads maps; ``openscenario`` reads closed-loop tasks; ``mcap_files``
writes and reads recordings; ``trace_csv`` writes what an exam asks for.
"""
