"""What the data studio shows, as JSON's values: the archive, hits and scenes, runs and verdicts.

Every function names its archive by its place and can run in a process of its own, away from the car.
"""
