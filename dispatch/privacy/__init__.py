"""Personal data: what the desk holds of a customer, erasing it, and how long it is kept."""

from dispatch.privacy.erasure import forget
from dispatch.privacy.erasure import preview as preview_erasure
from dispatch.privacy.export import export
from dispatch.privacy.holdings import names_of
from dispatch.privacy.leftovers import compact, copies_with
from dispatch.privacy.retention import expired

__all__ = ["compact", "copies_with", "expired", "export", "forget", "names_of", "preview_erasure"]
