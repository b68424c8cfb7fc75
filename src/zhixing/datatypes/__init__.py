"""The nouns: frozen, slotted dataclasses of plain values and NumPy arrays, without behaviour of their own.

Read in this order: ``units``, ``shapes``, ``frames`` (how numbers are meant); ``localized``, ``signal``,
``dialogue`` (the cabin); ``tracks``, ``road``, ``lights``, ``scene``, ``plan`` (the street); ``evidence`` (what
a drive leaves behind), ``traffic_facts`` (what traffic is made of); ``measures``, ``conditions``, ``query``,
``query_json``, ``query_schema``, ``hit`` (what is looked for in a drive, and found). Standard library and NumPy only.
"""
