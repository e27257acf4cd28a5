"""Long work of the archive: what the manifest names as job runners."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kernel.audit.recording import recorded
from kernel.jobs.running import RunningJob
from modules.archive.selectors import kept_by_kernel
from modules.archive.services import take_over

_AT_ONCE = 100


def take_over_kept(job: RunningJob) -> None:
    """File what the kernel kept while the archive was off, going on where an earlier run was cut short."""
    after, done = int(job.place.get("after", 0)), int(job.place.get("done", 0))
    total = done + kept_by_kernel(after=after).count()
    while papers := list(kept_by_kernel(after=after)[:_AT_ONCE]):
        with recorded(by=job.by):
            take_over(papers, by=job.by)
            after, done = papers[-1].pk, done + len(papers)
            job.advance(done, max(total, done), place={"after": after, "done": done})
    job.finish(text=_("Papers filed: %(count)s.") % {"count": done})
