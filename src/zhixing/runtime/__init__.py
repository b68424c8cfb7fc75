"""Where the rooms meet: one function or class per journey.

``car`` is the running car (journey a, with a driver); ``drive`` records one without a browser; ``driving_exam`` and
``cockpit_exam`` judge from outside; ``doctor`` says what works here; ``bench*`` measure.
"""
