"""Language models as a reasoning layer: one client for OpenAI-compatible servers, safe by construction.

A model may only say words and ask for tools that it was offered; the caller carries them out. Whatever the server does,
nothing hangs, nothing unchecked comes out, and what is not meant for ears is not among the words.

Read in this order: ``tools`` and ``schema`` (what a model may ask, and what of it is sound), ``thought`` (what comes
out), ``conversation`` (what goes in), ``config`` and ``credentials`` (to whom, with which key and bounds),
``tolerant`` and ``leaks`` (sense in broken JSON and in markup), ``speakable`` (which of the text is words), ``reply``
(a stream becomes one reply), ``tally`` (tokens, money, time), ``line``, ``attempt`` and ``connection`` (the network),
``turn`` (the whole way), ``thinking`` and ``reasoner`` (the face of it), ``transcript`` (what happened).
"""
