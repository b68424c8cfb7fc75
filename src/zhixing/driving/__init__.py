"""The driver: from what is known now to what the actuators shall do.

Read ``interfaces`` first, then ``lane_map`` and ``route`` (where to go), ``prediction`` (what others may do),
``idm`` (the first driver), ``asking`` (what is done with its answer), ``tracking`` and ``bicycle`` (how the car
follows), ``explain`` (why), ``logbook`` and ``because`` (why, when somebody asks later), ``reins`` (what people want
less of).
"""
