"""The assistant: what people say in the cabin becomes requests at the one door, and what came of it becomes words.

Read in this order: ``understand`` (words to intents), ``devices`` and ``places`` (what and where), ``amounts`` and
``grounding`` (intents to requests), ``remarks`` and ``questions`` (offers and answers), ``context`` and ``memory``
(what a fragment means), ``driving_wishes`` and ``why`` (talk with a car that drives itself), ``speech`` (back to
words), ``assistant`` (the whole way). A new phrase is a line of YAML: see ``understand/phrases/README.md``.
"""
