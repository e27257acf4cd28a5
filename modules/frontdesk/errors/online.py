"""What requests from the web, one-time codes and appointments refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal, TooMany


class NotOnline(NotVisible):
    code = "frontdesk.not_online"
    sentence = _("This service is asked for at the desk.")


class TooManyCodes(TooMany):
    code = "frontdesk.too_many_codes"
    sentence = _("Too many codes were asked for. Wait a quarter of an hour, or come to the desk.")


class CodeNotSent(Refusal):
    code = "frontdesk.code_not_sent"
    sentence = _("No code can be sent now. Try again in some minutes.")


class CodeWrong(InvalidInput):
    """Never says whether the code was wrong, old, used, or asked for in another browser."""

    code = "frontdesk.code_wrong"
    sentence = _("This code does not fit, or its time is over. Ask for a new one.")
    field = "code"


class OnlineNotFound(NotVisible):
    code = "frontdesk.online_not_found"
    sentence = _("There is no such request with this telephone.")


class NotWithCitizen(Conflict):
    code = "frontdesk.not_with_citizen"
    sentence = _("Request %(reference)s was sent and cannot be changed now: %(state)s.")


class DraftOfCitizen(Conflict):
    code = "frontdesk.draft_of_citizen"
    sentence = _(
        "A citizen sent this from the web. Return it or reject it, so that they hear of it."
    )


class NotWaitingToVerify(Conflict):
    code = "frontdesk.not_waiting_to_verify"
    sentence = _("Online request %(reference)s does not wait to be verified: %(state)s.")


class NameNeeded(InvalidInput):
    code = "frontdesk.name_needed"
    sentence = _("Write your name as on the identity card.")
    field = "given_name"


class ActsForNobody(InvalidInput):
    code = "frontdesk.acts_for_nobody"
    sentence = _("Everybody asks for this service in their own name.")
    field = "acts_by"


class PrincipalNeeded(InvalidInput):
    code = "frontdesk.principal_needed"
    sentence = _("Write the name as on the identity card or the certificate.")
    field = "given_name"


class PrincipalIsAsker(InvalidInput):
    code = "frontdesk.principal_is_asker"
    sentence = _("This is your own ID number. Write the number of the person for whom you ask.")
    field = "id_number"


class PowerEndsEarly(InvalidInput):
    code = "frontdesk.power_ends_early"
    sentence = _("It cannot end before it was given.")
    field = "agent_power_until"


class PaperNotGood(InvalidInput):
    """The paper by which somebody acts for another is undated, too old or over."""

    code = "frontdesk.paper_not_good"
    sentence = _("This paper is not accepted: %(why)s")
    field = "agent_power_on"


class PrincipalNotLinked(Conflict):
    code = "frontdesk.principal_not_linked"
    sentence = _(
        "Compare the paper, then say for whom they act: link the person, or register them."
    )


class NobodyActs(Conflict):
    code = "frontdesk.nobody_acts"
    sentence = _("This was asked by somebody for themselves.")


class OnlineIncomplete(Refusal):
    code = "frontdesk.online_incomplete"
    sentence = _("Something is still missing: %(what)s")


class DeclarationNeeded(InvalidInput):
    code = "frontdesk.declaration_needed"
    sentence = _("Confirm that what you wrote is true.")
    field = "declared"


class TooManyPapers(TooMany):
    code = "frontdesk.too_many_papers"
    sentence = _("At most %(limit)s files for one request.")


class PersonNotLinked(Conflict):
    code = "frontdesk.person_not_linked"
    sentence = _("Say who asks first: link the person, or register them.")


class NothingAskedOfYou(Conflict):
    code = "frontdesk.nothing_asked_of_you"
    sentence = _("Nothing is asked of you on request %(number)s now.")


class PresenceNeeded(Refusal):
    code = "frontdesk.presence_needed"
    sentence = _("You must come in person for this. Book an appointment.")


class SlotsNotFound(NotVisible):
    code = "frontdesk.slots_not_found"
    sentence = _("There are no such appointments here.")


class SlotsInUse(Conflict):
    code = "frontdesk.slots_in_use"
    sentence = _("Appointments are still booked here. Move or cancel them first.")


class SlotNotOffered(InvalidInput):
    code = "frontdesk.slot_not_offered"
    sentence = _("There is no appointment at that time. Choose another.")
    field = "at"


class SlotFull(Conflict):
    code = "frontdesk.slot_full"
    sentence = _("This time was just taken. Choose another.")
    field = "at"


class AppointmentNotFound(NotVisible):
    code = "frontdesk.appointment_not_found"
    sentence = _("There is no such appointment with this telephone.")


class AppointmentOver(Conflict):
    code = "frontdesk.appointment_over"
    sentence = _("Appointment %(reference)s is no longer open: %(state)s.")


class AppointmentNotToday(Conflict):
    code = "frontdesk.appointment_not_today"
    sentence = _("Appointment %(reference)s is not for today.")


class TooManyAppointments(Conflict):
    code = "frontdesk.too_many_appointments"
    sentence = _("This telephone has %(limit)s appointments already. Cancel one first.")
    field = "phone"


class ScheduleInvalid(InvalidInput):
    code = "frontdesk.schedule_invalid"
    sentence = _("“%(line)s” cannot be read. Write it like the example.")


class NotOnFile(Refusal):
    code = "frontdesk.not_on_file"
    sentence = _(
        "Nobody is on file with this ID number and your telephone together. Have the desk write down your number."
    )
    field = "id_number"


class AnswerWanted(InvalidInput):
    """A citizen sent a clarification back without a word."""

    code = "frontdesk.answer_wanted"
    sentence = _("Answer what the desk asks you here.")
