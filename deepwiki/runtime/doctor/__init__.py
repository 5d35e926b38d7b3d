"""The doctor: what is set up, whether it works, and the line to change where it does not.

`diagnose(all_checks())` gives one finding a check.
"""

from deepwiki.runtime.doctor.catalog import all_checks
from deepwiki.runtime.doctor.diagnosis import diagnose
from deepwiki.runtime.doctor.finding import DoctorCheck, Finding, Outcome, State, worst

__all__ = ["DoctorCheck", "Finding", "Outcome", "State", "all_checks", "diagnose", "worst"]
