"""CAR-bench, a benchmark of in-car assistants, through our guards.

Read ``replay`` first (one function: the ground truth of every task in our car), then ``session`` (one call through
policies and door), ``policies`` (who holds which), ``state`` and ``tools`` (what their values and calls are in ours).
``present`` gives a task to a language model.

Source:
    Kirmayr, Stappen and André (2026), "CAR-bench: Evaluating the Consistency and Limit-Awareness of LLM Agents under
    Real-World Uncertainty", arXiv 2601.22027. Its tasks, tools and policies (MIT licence) are read from a folder and
    are no part of this package.
"""
