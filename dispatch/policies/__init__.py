"""The policies: one file each, chosen by name."""

from dispatch.policies.base import Candidate, Policy
from dispatch.policies.match import MatchPolicy
from dispatch.policies.rank import RankPolicy

POLICIES: dict[str, Policy] = {policy.name: policy for policy in (RankPolicy(), MatchPolicy())}

__all__ = ["POLICIES", "Candidate", "Policy"]
