"""Commands on the roster of agents."""

from dispatch.agents.roster import add, change, come_back, leave

__all__ = ["add", "change", "come_back", "leave"]
