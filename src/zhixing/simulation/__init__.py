"""The moving world: roads with traffic on them, closed-loop runs, and their judgement.

Read ``world`` first, then ``city`` and ``traffic`` (the endless built-in city), ``rollout`` (one task from start
to end), ``metrics`` and ``score`` (the judgement).
"""
