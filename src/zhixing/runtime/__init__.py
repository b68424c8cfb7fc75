"""Where the rooms meet: one function or class per journey.

``car`` is the running car (journey a, with a driver; ``driver_signals`` hands it what people wish); ``drive`` records
one without a browser; ``driving_exam`` and ``cockpit_exam`` judge from outside; ``planners`` makes drivers by name and
keeps strangers' in a box; ``doctor`` says what works here; ``bench`` measures.
"""
