from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal


class JobGaveUp(Refusal):
    """Kept as a job's error after too many broken runs."""

    code = "job_gave_up"
    sentence = _(
        "The work was interrupted %(times)s times and was stopped. Ask your administrator."
    )


class JobBroke(Refusal):
    """Kept as a job's error when a run ended in a fault of ours."""

    code = "job_broke"
    sentence = _(
        "The work stopped because of a fault in the system. It was reported under %(reference)s."
    )


class JobTakenOver(RuntimeError):
    """This run was believed dead and another one goes on with the job; it must stop at once."""


class UnknownJobKind(LookupError):
    """No manifest declares the kind: a fault in our code."""
