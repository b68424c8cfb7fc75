"""The catalogue of Chinese street patterns: each file one pattern, with its generator, its query and its slice.

Read in this order: ``pattern`` (what one is), ``staging`` (a scene before it begins), ``sites`` (streets), ``casting``
(what many need), any pattern, ``staged_world`` (a scene that plays).
"""
