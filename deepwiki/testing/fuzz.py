"""Hypothesis profiles: how many inputs a property-based test tries.

`ci` is short and the same every time, for `make test`. `fuzz` is long, for `make fuzz`,
whose seed is fixed too.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

CI_EXAMPLES = 25
FUZZ_EXAMPLES = 3_000
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def register_profiles() -> None:
    """Register both profiles and load `ci`; pytest's --hypothesis-profile picks the other."""
    settings.register_profile(
        "ci",
        max_examples=CI_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=SLOW,
    )
    settings.register_profile(
        "fuzz",
        max_examples=FUZZ_EXAMPLES,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=SLOW,
    )
    settings.load_profile("ci")
