"""The policies: one file each, chosen by name."""

from dispatch.assignment.policies.balanced import BalancedPolicy
from dispatch.assignment.policies.base import Candidate, Policy
from dispatch.assignment.policies.match import MatchPolicy
from dispatch.assignment.policies.rank import RankPolicy
from dispatch.assignment.policies.rank_contact import RankContactPolicy
from dispatch.assignment.policies.round_robin import RoundRobinPolicy
from dispatch.assignment.policies.share import SharePolicy
from dispatch.assignment.policies.skill import SkillPolicy

POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        RankPolicy(),
        RankContactPolicy(),
        RoundRobinPolicy(),
        SkillPolicy(),
        BalancedPolicy(),
        SharePolicy(),
        MatchPolicy(),
    )
}

__all__ = ["POLICIES", "Candidate", "Policy"]
