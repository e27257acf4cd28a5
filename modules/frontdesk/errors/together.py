"""What working together refuses: tools, plans, sessions, complaints."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class ToolNotFound(NotVisible):
    code = "frontdesk.tool_not_found"
    sentence = _("There is no such view or macro here.")


class NothingNext(Refusal):
    code = "frontdesk.nothing_next"
    sentence = _("Nobody and nothing waits for this now.")


class NobodyHolds(InvalidInput):
    code = "frontdesk.nobody_holds"
    sentence = _("Nobody sits in the role %(role)s today. Choose another.")
    field = "role"


class NoTelephone(InvalidInput):
    code = "frontdesk.no_telephone"
    sentence = _(
        "The request names no telephone, so nobody would read it. Keep it as a note instead."
    )
    field = "text"


class NothingToUndo(Refusal):
    code = "frontdesk.nothing_to_undo"
    sentence = _(
        "The last movement of request %(number)s cannot be undone. Send the step back, or ask who did it."
    )


class SectionAlreadyAsked(Conflict):
    code = "frontdesk.section_already_asked"
    sentence = _("%(section)s is already working on this stage.")


class PlanNotFound(NotVisible):
    code = "frontdesk.plan_not_found"
    sentence = _("The request has no such action plan.")


class PlanDoesNotCover(InvalidInput):
    code = "frontdesk.plan_does_not_cover"
    sentence = _("The instalments come to %(sum)s; the dues are %(total)s.")
    field = "instalments"


class PlanDates(InvalidInput):
    code = "frontdesk.plan_dates"
    sentence = _("Each day of the plan is today or later, and each instalment above zero.")
    field = "instalments"


class PlanStands(Conflict):
    code = "frontdesk.plan_stands"
    sentence = _("The request has an action plan already.")


class SessionNotFound(NotVisible):
    code = "frontdesk.session_not_found"
    sentence = _("There is no such session here.")


class SessionClosed(Refusal):
    code = "frontdesk.session_closed"
    sentence = _("Session %(number)s is closed; what it decided stands.")


class NothingStopsIt(Refusal):
    code = "frontdesk.nothing_stops_it"
    sentence = _("No verdict is kept that stops this request there.")


class SessionNotHeld(Refusal):
    code = "frontdesk.session_not_held"
    sentence = _("Session %(number)s was not held yet: it has no minutes to sign.")


class MinutesSignedBefore(Refusal):
    code = "frontdesk.minutes_signed_before"
    sentence = _("The signed minutes of session %(number)s are kept already.")


class NoQuorum(Refusal):
    code = "frontdesk.no_quorum"
    sentence = _("%(what)s: %(present)s of %(needed)s needed members may decide.")


class MemberTwice(InvalidInput):
    code = "frontdesk.member_twice"
    sentence = _("%(member)s stands twice among the members.")
    field = "members"


class OneChair(InvalidInput):
    code = "frontdesk.one_chair"
    sentence = _("A committee has one chair.")
    field = "members"


class ConflictOfInterest(Refusal):
    code = "frontdesk.conflict_of_interest"
    sentence = _("%(member)s is the applicant of request %(number)s and stands aside.")


class NotForCommittee(Refusal):
    code = "frontdesk.not_for_committee"
    sentence = _("Only open committee steps of this section come on its agenda, once.")


class NotTheSameService(Refusal):
    code = "frontdesk.not_the_same_service"
    sentence = _("Only two open requests of one service are merged, and never one with itself.")


class NotRateable(Refusal):
    code = "frontdesk.not_rateable"
    sentence = _("A request is rated once, when it is finished.")


class ObjectionTooLate(Refusal):
    code = "frontdesk.objection_too_late"
    sentence = _("The %(days)s days to object to the decision on %(number)s ended on %(day)s.")


class NothingToObjectTo(Refusal):
    code = "frontdesk.nothing_to_object_to"
    sentence = _("Request %(number)s is not decided; there is nothing to object to.")
