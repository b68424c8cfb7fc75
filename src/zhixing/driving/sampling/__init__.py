"""The driver that plans: many candidate motions, rolled out and judged against what the others may do.

Read ``planner`` first, which names the steps; then ``candidates`` (which motions), ``motion`` (how the car would really
move), ``encounters`` (what the others make of it) and ``choice`` (which is best, and whether there is a way out).
"""
