"""The check after the planner: what may be driven, whoever planned it.

Read ``bounds`` (what others are assumed to do, with sources), then ``reach`` (where they can be), ``roll`` (what the
ego does), ``verify`` (do they meet) and ``leaving`` (is it on the road), and last ``checker``, which puts them
together and keeps a verified fail-safe trajectory. ``docs/safety.md`` says what is proven and what is not.
"""

from zhixing.driving.safety.bounds import SafetyConfig, UserBounds
from zhixing.driving.safety.checker import Checked, SafetyChecker

__all__ = ["Checked", "SafetyChecker", "SafetyConfig", "UserBounds"]
