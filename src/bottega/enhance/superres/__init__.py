"""Super-resolution: pictures enlarged by Bottega's own small networks, by a user's, or classically, and checked."""

from bottega.enhance.superres.report import Attempt, Enlarged, NetworkFile, Report
from bottega.enhance.superres.studio import Choices, Strips, enlarge

__all__ = ["Attempt", "Choices", "Enlarged", "NetworkFile", "Report", "Strips", "enlarge"]
