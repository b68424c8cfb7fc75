"""Everybody but the ego: cars, two-wheelers and people on foot that react, each class by a model of its own.

Read in this order: ``ways`` (where they move), ``models`` and ``people`` (what they are), ``look`` (what they see),
``pace``, ``sides`` and ``walking`` (what they do), ``step`` (one step of everybody), ``arrive`` (who comes), ``crowd``
(traffic around a place, in one world or many), ``surface`` and ``contacts`` (who touches whom, who is off the road).
"""
