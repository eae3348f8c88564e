"""The figures on the screens, by name, and how each is counted; shown in help."""

from __future__ import annotations

Figure = tuple[str, str]

RANK: Figure = (
    "Rank, #",
    "Lowest load first, then most years of service, then the best rating; agents alike in all three "
    "share a rank. Worked out at each look, never stored.",
)
LOAD: Figure = (
    "Load",
    "The number of the agent's Pending bookings, claimed or not. The roster's bar and numbers count the open "
    "issues too: they share the capacity.",
)
CAPACITY: Figure = (
    "Capacity",
    "How many Pending bookings and open issues an agent can hold. A new agent gets the desk's "
    "default_capacity.",
)
YEARS: Figure = ("Years", "Years of service, as entered or imported.")
RATING: Figure = (
    "Rating",
    "The average of the customers' scores, 1 to 5. An average that the agent brought along counts as many "
    "answers as the desk's rating_prior_answers says.",
)
PRESENCE: Figure = (
    "Presence",
    "available ●; busy ◐ and break ◔ keep their work and get none; away and offline ○ keep what they "
    "claimed, the rest goes to others. It may end by the clock, or follow the shift's hours.",
)
REACHED: Figure = (
    "Reached",
    "Of what the agent was given in the last 90 days: the share of customers reached within the desk's "
    "contact_within_minutes, the interval that holds the true share in 95 of 100 cases (Wilson), of how "
    "many. A column to be chosen.",
)
STATE: Figure = (
    "State",
    "Pending: not decided yet, claimed by its agent or not. Waiting: no agent could take it. Unattended: "
    "claimed by somebody who is away. Still on it?: the desk asks, as nobody was called. Confirmed and "
    "Cancelled are final until the booking is reopened.",
)
REVENUE: Figure = (
    "Revenue",
    "The trip's and the package's price of the quote, as entered; both together in the list.",
)
CHANGED: Figure = ("Changed", "When a command last changed the booking. Notes and contacts count too.")
WORK: Figure = (
    "Work",
    "due: the follow-up's time has come; in progress: claimed; tentative: given by the desk, not claimed; "
    "done today: confirmed or cancelled since the desk's midnight.",
)
CANDIDATES: Figure = (
    "Who gets it",
    "The agents who can take this lead now, in the order of the policy in force; the first one gets it. "
    "Below: how many are kept out, and by which rule.",
)
PRIORITY: Figure = (
    "Priority",
    "MEDIUM, or HIGH for technical, billing and access; one step more each for an upset customer, a gold or "
    "platinum tier (enterprise two) and an urgent word; CRITICAL at most. w shows the steps.",
)
TIME_LEFT: Figure = (
    "Time left",
    "Of the first answer's time until there is one, then of the resolution's; the bar fills as it is "
    "used up. In the list, ! is late or escalated, !! both. In the pane, ▲ three quarters are used, "
    "! overdue, ✓ done in time. ‖ paused while the customer has to answer.",
)
ESCALATED: Figure = (
    "ESCALATED",
    "The highest level of what is open: 1 alerts the agent, 2 the manager, 3 the desk's contact.",
)
EXPECTED: Figure = (
    "of 5 expected",
    "The customer's likely score: by the formula of time, agent, talk and sentiment, or by the model that "
    "was trained on 100 real answers or more. Below 2.5 is high risk.",
)
MATCH: Figure = (
    "Match",
    "Nine features, each the agent's place among all, by the weights in use; the lowest sum is 0, the "
    "highest 100. Greyed where the desk's history gives no reason to go by it: Dispatch says why.",
)
CHANCE: Figure = (
    "Chance",
    "How likely the lead is to be confirmed, by what was learned from decided ones (Insights, Train), and by "
    "how many points each word of it moves that. Nothing before something was learned.",
)
COUNTED: Figure = (
    "Number",
    "Bookings, but for those entered by mistake. Conversion: the Confirmed ones of all Confirmed and "
    "Cancelled. Revenue: trip and package of the Confirmed ones.",
)
IN_TIME: Figure = (
    "In time",
    "Customers reached within the desk's contact_within_minutes, of all that this desk gave the agent in the "
    "last 90 days.",
)
EVIDENCE: Figure = (
    "p",
    "How likely chance alone makes agents, methods or sources differ as much (chi-square test over all "
    "assignments). Below 0.05 there is more to it.",
)
IMPORTANCE: Figure = (
    "Importance",
    "A feature's weight times how much the agents differ in it, as a share of all nine.",
)
SHRUNK: Figure = (
    "Confirmed",
    "Of an agent's decided assignments: the share to expect, drawn to the desk's mean the more the fewer "
    "there are, and the interval that holds it in 95 of 100 cases.",
)
EVERYWHERE: tuple[Figure, ...] = (
    (
        "Bottom line",
        "waiting: bookings without an agent; pending: all that are not decided. load = bookings ✓: at each "
        "change every agent's load is compared with the bookings; an ✗ names who differs.",
    ),
    ("Times", "The desk's clock runs ahead by its year_shift; times are shown in your terminal's zone."),
)
