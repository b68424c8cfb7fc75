"""A car on a CAN bus: frames become signals, wishes become frames.

Read ``layout`` (what a frame is), ``dbc`` and ``wiring`` (the two files that say which signal is where), ``receiver``
and ``protection`` (what is believed), ``sender`` and ``wishes`` (what is said), ``line`` (the bus), ``vehicle`` (all of
it under a store), ``log`` (a recording instead of a bus) and ``devices`` (the other end, simulated). Begin with
``opening``: it needs no package to say which one is missing.
"""
