"""Long work of the archive: what the manifest names as job runners."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kernel.audit.recording import recorded
from kernel.jobs.running import RunningJob
from modules.archive.selectors import kept_by_kernel, papers_kept
from modules.archive.services import take_over, take_over_papers

_AT_ONCE = 100


def take_over_kept(job: RunningJob) -> None:
    """File what the kernel kept while the archive was off, going on where an earlier run was cut short.

    First the papers that the municipality issued, then those that were handed in.
    """
    place = {"after": 0, "after_paper": 0, "done": 0} | {
        key: int(number) for key, number in job.place.items()
    }
    total = (
        place["done"]
        + kept_by_kernel(after=place["after"]).count()
        + papers_kept(after=place["after_paper"]).count()
    )

    def note(key: str, last: int, count: int) -> None:
        place[key], place["done"] = last, place["done"] + count
        job.advance(place["done"], max(total, place["done"]), place=dict(place))

    while issued := list(kept_by_kernel(after=place["after"])[:_AT_ONCE]):
        with recorded(by=job.by):
            take_over(issued, by=job.by)
            note("after", issued[-1].pk, len(issued))
    while handed_in := list(papers_kept(after=place["after_paper"])[:_AT_ONCE]):
        with recorded(by=job.by):
            take_over_papers(handed_in, by=job.by)
            note("after_paper", handed_in[-1].pk, len(handed_in))
    job.finish(text=_("Papers filed: %(count)s.") % {"count": place["done"]})
