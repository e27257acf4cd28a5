"""A demonstration town's requests: each service somewhere on its way, done by the people who sit there.

Every request goes through the services, from the clerk's draft to where its story ends; the names on the trail are
those of the demonstration's staff. The same town always shows the same requests.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kernel.calendar.selectors import today
from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.identity.models import User
from kernel.money import money
from kernel.organisation.selectors import viewer_for
from kernel.parties.models import Party
from kernel.places.models import Holding, LandUnit
from kernel.ports import ask, is_provided
from kernel.ports.charges import ChargePort
from kernel.ports.dues import DuesPort
from kernel.printing.services import render_pdf
from kernel.tenancy import current_schema
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision, StepKind, StepOutcome, StepState
from modules.frontdesk.demo_stories import (
    FOUND,
    LETTERS,
    STORIES,
    Ending,
    Story,
)
from modules.frontdesk.models import Request, RequestFee, RequestStep
from modules.frontdesk.selectors.catalogue import offered_version
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import (
    DeficiencyInput,
    Persons,
    attach_paper,
    complete_step,
    decide_request,
    hand_over,
    issue_output,
    open_draft,
    resubmit,
    return_to_citizen,
    settle_fee,
    submit_request,
    take_step,
    wait_external,
    withdraw_request,
)
from modules.frontdesk.services.papers import STEP_PHOTOS

CLERK = "amal"
# Who is asked first: those who sit in a section before those who lead it from above.
STAFF = (CLERK, "rana", "lina", "karim", "maha", "jamal", "basel", "salma")


def show() -> None:
    """One request for each story, as far as the town has people, parcels and staff for it."""
    staff = {one: seat for one in STAFF if (seat := _viewer(one)) is not None}
    if CLERK not in staff:
        return
    dice = random.Random(f"frontdesk-{current_schema()}")  # noqa: S311  demonstration, not secrets
    _Town(staff, dice).tell(STORIES)


def _viewer(username: str) -> Viewer | None:
    user = User.objects.filter(username=username, is_active=True).first()
    return user and viewer_for(user, channel="command", request_id="demonstration")


class _Town:
    """The desk of one town with its staff, the people who come, and the papers they bring."""

    def __init__(self, staff: Mapping[str, Viewer], dice: random.Random) -> None:
        self.staff = staff
        self.clerk = staff[CLERK]
        self.dice = dice
        self.papers: dict[str, StoredFile] = {}
        people = list(Party.objects.filter(kind="person", alias_of=None).order_by("id"))
        dice.shuffle(people)
        self.people = iter(people)
        self.clear = (one for one in reversed(people) if self._owes_nothing(one))
        self.owners = self._owners()

    def tell(self, stories: Sequence[Story]) -> None:
        for story in stories:
            applicant, place = self._who(story)
            if applicant is not None and (self._can_charge(story)):
                self._live(story, applicant, place)

    def _who(self, story: Story) -> tuple[Party | None, LandUnit | None]:
        """Who asks: an owner with the parcel, somebody without dues, a debtor, or anybody."""
        if story.at_parcel:
            return next(self.owners, (None, None))
        if story.debtor:
            return next((one for one in self.people if not self._owes_nothing(one)), None), None
        return next(self.clear if story.clear else self.people, None), None

    def _owners(self) -> Iterator[tuple[Party, LandUnit]]:
        holdings = Holding.objects.filter(
            relation="owner", ends_on=None, land_unit__isnull=False, party__kind="person"
        )
        for one in holdings.select_related("party", "land_unit").order_by("-id")[:30]:
            if one.land_unit is not None:
                yield one.party, one.land_unit

    def _owes_nothing(self, party: Party) -> bool:
        answer = ask(DuesPort).dues_of([party.pk], on=today())
        return answer.known and not any(line.balance > 0 for line in answer.lines)

    def _can_charge(self, story: Story) -> bool:
        """Without finance, services that cost a fee are not begun."""
        design = offered_version(self.clerk, story.service).design
        return not design.costs_money or is_provided(ChargePort)

    def _live(self, story: Story, applicant: Party, place: LandUnit | None) -> None:
        draft = open_draft(
            story.service,
            persons=Persons(applicant=applicant, land_unit=place),
            answers=story.answers,
            is_hidden=story.hidden,
            by=self.clerk,
        )
        for asked in draft.design.papers:
            if asked.need == "always":
                self._bring(draft, asked.code, asked.code)
        if story.ending == Ending.DRAFT:
            return
        if not submit_request(draft.uid, by=self.clerk).accepted:
            return
        if story.exempt:
            self._exempt(draft)
        for code in story.done:
            self._do(story, draft, code)
        _ENDINGS.get(story.ending, _leave)(self, self._fresh(draft))

    def _bring(
        self, request: Request, requirement: str, code: str, *, step: RequestStep | None = None
    ) -> None:
        attach_paper(
            request.uid,
            requirement=requirement,
            file=self._paper(code),
            title=paper_title(code) if step is None else "",
            step=step,
            by=self.clerk if step is None else self.at(step),
        )

    def _paper(self, code: str) -> StoredFile:
        """A page that says what it stands for; printed once for the town."""
        if code not in self.papers:
            title = LETTERS.get(code, "")
            title = title or str(paper_title(code))
            page = render_pdf(
                "letter",
                {
                    "to": ["من يهمه الأمر"],
                    "subject": title,
                    "body": ["صفحة توضيحية تقوم مقام الوثيقة الأصلية في بيئة العرض، ولا يعتد بها."],
                    "draft": True,
                },
            )
            self.papers[code] = store_file(page, f"{title}.pdf".replace("/", "-"), self.clerk)
        return self.papers[code]

    def _exempt(self, request: Request) -> None:
        """The mayor exempts a hardship case: the charge is taken back, and the route goes on."""
        for fee in RequestFee.objects.filter(request=request, settled_at=None):
            if fee.charge_uid is None:
                continue
            uid, by = str(fee.charge_uid), self.staff.get("maha", self.clerk)
            reason = "إعفاء من الرسم، حالة اجتماعية، بموافقة رئيس البلدية"
            ask(ChargePort).credit(charge_uid=uid, amount=fee.money, reason=reason, by=by)
            settle_fee(uid, by=Viewer.system("frontdesk", channel="command"))

    def _do(self, story: Story, request: Request, code: str) -> None:
        """Complete one step as its section would; where nobody sits there it waits for them."""
        step = self._open_step(request, code)
        if step is None or (by := self.at(step)) is None:
            return
        if step.plan.decides:
            decide_request(
                request.uid, step.uid, decision=Decision.APPROVED, reason=story.because, by=by
            )
        elif step.kind == StepKind.DELIVERY and step.request.design.output is not None:
            self._deliver(request, step)
        else:
            if step.plan.visit:
                self._bring(step.request, STEP_PHOTOS, STEP_PHOTOS, step=step)
            fees = {
                one.code: money(story.fee, one.currency)
                for one in step.request.design.fees
                if one.assessed_by == step.code
            }
            complete_step(
                request.uid,
                step.uid,
                outcome=StepOutcome.DONE if step.kind in _NO_OPINION else StepOutcome.FAVOURABLE,
                answers=_found(step),
                fees=fees,
                by=by,
            )

    def _deliver(self, request: Request, step: RequestStep) -> None:
        if step.request.document_id is None and not self.issue(request):
            return
        applicant = step.request.applicant
        if applicant is not None:
            hand_over(
                request.uid,
                step.uid,
                recipient_name=applicant.full_name,
                recipient_id_number=applicant.id_number,
                by=self.clerk,
            )

    def issue(self, request: Request) -> bool:
        return issue_output(request.uid, by=self.clerk).document is not None

    def at(self, step: RequestStep) -> Viewer | None:
        """Who works on the step: the first of the staff with a seat there (and the role, or the lead)."""
        for one in self.staff.values():
            role = not step.role or (step.section_id, step.role) in one.seats
            may = "frontdesk.decide" if step.plan.decides else "frontdesk.work"
            if step.section_id in one.sections and one.may(may) and role:
                return one
        return None

    def first_open(self, request: Request) -> tuple[RequestStep, Viewer] | None:
        """The first open step that somebody of the staff works on, and who that is."""
        for step in RequestStep.objects.filter(request=request, state=StepState.OPEN).order_by(
            "id"
        ):
            step.request = request
            if (by := self.at(step)) is not None:
                return step, by
        return None

    def _open_step(self, request: Request, code: str) -> RequestStep | None:
        found = RequestStep.objects.filter(request=request, code=code, state=StepState.OPEN).first()
        if found is not None:
            found.request = self._fresh(request)
        return found

    def _fresh(self, request: Request) -> Request:
        return request_for(self.clerk, request.uid)


_NO_OPINION = frozenset(
    {StepKind.INTAKE, StepKind.EXECUTION, StepKind.DELIVERY, StepKind.ARCHIVING}
)


def _found(step: RequestStep) -> dict[str, Any]:
    """What the section writes into the step's form, as far as the form asks for it."""
    known = {**FOUND, "visited_on": f"{today():%d/%m/%Y}"}
    return {one.code: known[one.code] for one in step.plan.fields if one.code in known}


def _leave(town: _Town, request: Request) -> None:
    """The request waits in the inbox of its section."""


def _take(town: _Town, request: Request) -> None:
    if (found := town.first_open(request)) is not None:
        take_step(request.uid, found[0].uid, by=found[1])


def _print(town: _Town, request: Request) -> None:
    town.issue(request)


def _return_for_paper(town: _Town, request: Request) -> None:
    paper = request.design.papers[1 if len(request.design.papers) > 1 else 0].code
    _return(town, request, DeficiencyInput(kind="unreadable_paper", target=paper))


def _return_for_words(town: _Town, request: Request) -> None:
    words = "يرجى تحديد المكان بالضبط، وذكر أقرب معلم."
    _return(town, request, DeficiencyInput(kind="clarification", note=words))


def _return(town: _Town, request: Request, deficiency: DeficiencyInput) -> list[str]:
    if (found := town.first_open(request)) is None:
        return []
    step, by = found
    return_to_citizen(request.uid, step.uid, deficiencies=[deficiency], by=by)
    pauses = request.pauses.filter(ended_at=None).prefetch_related("deficiencies")
    return [str(one.uid) for pause in pauses for one in pause.deficiencies.all()]


def _resubmit(town: _Town, request: Request) -> None:
    words = "يرجى إرفاق رقم الهاتف لتحديد موعد."
    mended = _return(town, request, DeficiencyInput(kind="clarification", note=words))
    if mended:
        resubmit(request.uid, mended=mended, text="زودنا المواطن برقم هاتفه.", by=town.clerk)


def _ask_outside(town: _Town, request: Request) -> None:
    if (found := town.first_open(request)) is not None:
        step, by = found
        body, why = "سلطة الأراضي", "التحقق من حدود القطعة وسندها"
        wait_external(request.uid, step.uid, body=body, reason=why, by=by)


def _reject(town: _Town, request: Request) -> None:
    if (found := town.first_open(request)) is not None and found[0].plan.decides:
        step, by = found
        decide_request(
            request.uid,
            step.uid,
            decision=Decision.REJECTED,
            reason="الطلب خارج اختصاص البلدية، ويقدم إلى شركة الكهرباء.",
            reason_code="competence",
            by=by,
        )


def _withdraw(town: _Town, request: Request) -> None:
    withdraw_request(request.uid, reason="سحب المواطن طلبه بخط يده.", by=town.clerk)


_ENDINGS: dict[Ending, Callable[[_Town, Request], None]] = {
    Ending.TAKEN: _take,
    Ending.PRINTED: _print,
    Ending.PAPER_MISSING: _return_for_paper,
    Ending.WORDS_MISSING: _return_for_words,
    Ending.RESUBMITTED: _resubmit,
    Ending.ASKED_OUTSIDE: _ask_outside,
    Ending.REJECTED: _reject,
    Ending.WITHDRAWN: _withdraw,
}
