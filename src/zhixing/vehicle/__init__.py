"""The car underneath the signals: what really moves when something is asked for.

``virtual`` is a car of software; others (CAN, another broker) come beside it.
"""
