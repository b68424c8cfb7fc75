"""The kernel: what the car is, what is wanted of it, and the one door between the two.

``catalogue`` says which signals there are; ``store`` holds current and target values and is the door; ``guards``
stand in it and judge by the rules in ``guards.yaml``.
"""
