"""How much simulated traffic is like recorded traffic, in figures.

Read in this order: ``distances`` (of two distributions, and the distance that chance alone makes), ``quantities`` (what
is compared: speeds, gaps, places, densities), ``crossing`` (people on foot), then the sim agents: ``agent_scene`` (a
moment of a recording), ``agent_world`` (everybody of it moved on by the models), ``agent_features`` (what is looked at)
and ``agent_score`` (how likely the recording is under the simulation).
"""
