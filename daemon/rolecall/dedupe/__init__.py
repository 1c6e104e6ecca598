"""Is this the same vacancy? Pure: prints in, assignments out."""

from rolecall.dedupe.cluster import assign, job_id
from rolecall.dedupe.names import normal_company
from rolecall.dedupe.prints import fingerprint
from rolecall.dedupe.same import Sameness, same
from rolecall.dedupe.urls import canonical_url

__all__ = ["Sameness", "assign", "canonical_url", "fingerprint", "job_id", "normal_company", "same"]
