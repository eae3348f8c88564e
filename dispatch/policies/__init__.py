"""The policies: one file each, chosen by name."""

from dispatch.policies.balanced import BalancedPolicy
from dispatch.policies.base import Candidate, Policy
from dispatch.policies.rank import RankPolicy
from dispatch.policies.rank_contact import RankContactPolicy
from dispatch.policies.round_robin import RoundRobinPolicy
from dispatch.policies.skill import SkillPolicy

POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        RankPolicy(),
        RankContactPolicy(),
        RoundRobinPolicy(),
        SkillPolicy(),
        BalancedPolicy(),
    )
}

__all__ = ["POLICIES", "Candidate", "Policy"]
