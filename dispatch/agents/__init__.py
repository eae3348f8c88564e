"""Agents as the desk takes them on, changes them and lets them go."""

from dispatch.agents.roster import add, change, come_back, leave

__all__ = ["add", "change", "come_back", "leave"]
