"""Words to meaning, by phrases: normalise, tag, split into clauses, make intents of them.

Read in this order: ``normalise``, ``lexicon``, ``numbers``, ``tagging``, ``particles``, ``clauses``, ``meaning``.
No network, no model, no clock; the same words always mean the same.
"""
