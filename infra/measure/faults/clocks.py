"""A town whose clock jumps, and what it wrote meanwhile. Runs inside the product: python -m measure.faults.clocks jump|ahead|opened TOWN."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

REAL = time.time
SECRET = "JBSWY3DPEHPK3PXP"


def main() -> None:
    """Prints JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("act", choices=["jump", "ahead", "opened"])
    parser.add_argument("town")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--list", default="")
    wishes = parser.parse_args()
    import django

    django.setup()
    from kernel.tenancy import use

    with use(wishes.town):
        town = _Town(wishes)
        found = {"jump": town.run, "ahead": town.ahead, "opened": town.opened}[wishes.act]()
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """The process believes that it is then; its clock goes on from there."""
    ahead = instant.timestamp() - REAL()
    with (
        mock.patch("time.time", lambda *_: REAL() + ahead),
        mock.patch(
            "django.utils.timezone.now", lambda: datetime.fromtimestamp(REAL() + ahead, tz=UTC)
        ),
    ):
        yield


class _Town:
    """The municipality that is entered, and what was found wrong in it."""

    def __init__(self, wishes: argparse.Namespace) -> None:
        from kernel.calendar.selectors import zone

        self.draw = random.Random(wishes.seed)
        self.rounds, self.list = wishes.rounds, wishes.list
        self.zone: ZoneInfo = zone()
        self.checks: list[dict[str, Any]] = []

    def run(self) -> dict[str, Any]:
        jumps = self.jumps()
        self.numbers_and_days(jumps)
        self.daylight()
        self.keys()
        self.sign_ins()
        self.codes(jumps)
        self.midnight()
        return {
            "zone": str(self.zone),
            "faults": f"{len(jumps) * self.rounds} jumps in random order: {', '.join(jumps)}",
            "checks": self.checks,
        }

    def ahead(self) -> dict[str, float]:
        """The seconds from now to each instant, for a clock outside of this process."""
        return {name: (at - datetime.now(UTC)).total_seconds() for name, at in self.jumps().items()}

    def opened(self) -> dict[str, Any]:
        """Requests that were opened by a served process, with the instant that its clock showed."""
        from kernel.calendar.selectors import working_calendar
        from modules.frontdesk.models import Request

        calendar = working_calendar()
        told = {one["uid"]: one["at"] for one in json.loads(Path(self.list).read_text())}
        numbers: dict[int, list[int]] = {}
        days, waits = [], set()
        for one in Request.objects.filter(uid__in=told).order_by("id"):
            local = datetime.fromisoformat(told[str(one.uid)]).astimezone(self.zone).date()
            numbers.setdefault(one.number_year, []).append(one.number_seq)
            if one.submitted_on != local or one.number_year != local.year:
                days.append(f"submitted on {one.submitted_on}, not {local}")
            if one.promised_on is not None and calendar.is_working(one.promised_on):
                waits.add(calendar.working_days_between(local, one.promised_on))
            else:
                days.append(f"promised on {one.promised_on}")
        gaps = [
            f"{year}: {given}"
            for year, given in numbers.items()
            if given != list(range(given[0], given[0] + len(given)))
        ]
        count = sum(map(len, numbers.values()))
        if count != len(told):
            gaps.append(f"{count} of {len(told)} are there")
        if len(waits) != 1:
            days.append(f"working days to the promised day differ: {sorted(waits)}")
        self.check("numbers follow the sequence of their year, in the order of opening", gaps,
                   ", ".join(f"{year}: {len(given)}" for year, given in sorted(numbers.items())))  # fmt: skip
        self.check("days are the municipality's own, promised days working days", days, f"{count}")
        return {"checks": self.checks}

    def check(self, promise: str, wrong: list[str], found: str) -> None:
        self.checks.append(
            {"promise": promise, "holds": not wrong, "found": "; ".join(wrong[:3]) or found}
        )

    def jumps(self) -> dict[str, datetime]:
        now = datetime.fromtimestamp(REAL(), tz=UTC)
        eve = datetime(now.year, 12, 31, 23, 59, 40, tzinfo=self.zone)
        spring, autumn = changes_of(self.zone, now.year + 1)
        return {
            "now": now,
            "an hour ahead": now + timedelta(hours=1),
            "an hour back": now - timedelta(hours=1),
            "a year ahead": now + timedelta(days=365),
            "29 February": datetime(2028, 2, 29, 10, 0, tzinfo=self.zone),
            "the year's last seconds": eve,
            "the year's first seconds": eve + timedelta(seconds=30),
            "before summer time": spring - timedelta(seconds=20),
            "after summer time": spring + timedelta(seconds=5),
            "before winter time": autumn - timedelta(seconds=20),
            "after winter time": autumn + timedelta(seconds=5),
        }

    def numbers_and_days(self, jumps: dict[str, datetime]) -> None:
        """A request is opened at each instant, over the API."""
        from kernel.calendar.selectors import today, working_calendar
        from modules.frontdesk.models import Request

        calendar = working_calendar()
        opened: dict[int, list[int]] = {}
        days: list[str] = []
        due: list[str] = []
        waits: set[int] = set()
        for _ in range(self.rounds):
            names = list(jumps)
            self.draw.shuffle(names)
            for name in names:
                local = jumps[name].astimezone(self.zone).date()
                with clock_at(jumps[name]):
                    if today() != local:
                        days.append(f"{name}: today is {today()}, not {local}")
                    one = Request.objects.get(uid=self.open_request())
                opened.setdefault(one.number_year, []).append(one.number_seq)
                if one.submitted_on != local or one.number_year != local.year:
                    days.append(f"{name}: submitted on {one.submitted_on}, not {local}")
                if one.promised_on is None or not calendar.is_working(one.promised_on):
                    due.append(f"{name}: promised on {one.promised_on}")
                else:
                    waits.add(calendar.working_days_between(local, one.promised_on))
        if len(waits) != 1:
            due.append(f"working days to the promised day differ: {sorted(waits)}")
        gaps = [
            f"{year}: {numbers}"
            for year, numbers in opened.items()
            if numbers != list(range(numbers[0], numbers[0] + len(numbers)))
        ]
        told = ", ".join(f"{year}: {len(numbers)}" for year, numbers in sorted(opened.items()))
        self.check("numbers follow the sequence of their year, in the order of opening", gaps, told)
        self.check("days and years are the municipality's own", days, f"{len(jumps)} instants")
        self.check("promised days are counted in business days", due, f"{waits} working days each")

    def open_request(self) -> str:
        answer = self.browser("api").post(
            "/api/v1/requests", self.client["body"], content_type="application/json"
        )
        if answer.status_code != 201:
            raise SystemExit(f"{answer.status_code} {answer.content[:500]!r}")
        return str(answer.json()["id"])

    def browser(self, kind: str, key: str = "") -> Any:
        from django.test import Client

        from kernel.tenancy import current_schema
        from measure.faults.tills import NEIGHBOUR, NEIGHBOUR_HOST
        from measure.stage import HOST

        host = NEIGHBOUR_HOST if current_schema() == NEIGHBOUR else HOST
        if kind == "api":
            return Client(HTTP_HOST=host, HTTP_AUTHORIZATION=f"Bearer {key or self.client['key']}")
        return Client(HTTP_HOST=host)

    @property
    def client(self) -> dict[str, Any]:
        if not hasattr(self, "_client"):
            from measure.works.requests import _integrator

            self._client = _integrator(self.clerk(), 90)
        return self._client

    def clerk(self) -> Any:
        from kernel.identity.models import User

        return User.objects.get(username="integrator")

    def daylight(self) -> None:
        """The days of the change have 23 and 25 hours, and nothing is due before they end."""
        from kernel.calendar.selectors import end_of_day, local_date

        wrong, told = [], []
        for change, hours in zip(changes_of(self.zone, 2027), (23, 25), strict=True):
            day = local_date(change)
            lasts = end_of_day(day).astimezone(UTC) - end_of_day(
                day - timedelta(days=1)
            ).astimezone(UTC)
            if lasts != timedelta(hours=hours):
                wrong.append(f"{day} lasts {lasts}")
            last = end_of_day(day).astimezone(UTC) - timedelta(seconds=1)
            if local_date(last) != day or local_date(last + timedelta(seconds=1)) == day:
                wrong.append(f"{day} does not end at midnight")
            told.append(f"{day}: {hours} hours")
        self.check("the days of summer and winter time are whole", wrong, ", ".join(told))

    def keys(self) -> None:
        """A key lives to the end of its last day on the municipality's clock."""
        from api.keys import issue_key
        from kernel.viewer import Viewer

        last = date(2028, 2, 29)
        _, text = issue_key(
            account=self.clerk(), name="to the leap day", scopes=["frontdesk:read"],
            expires_on=last, by=Viewer.system("infra/faults"),
        )  # fmt: skip
        midnight = datetime(2028, 3, 1, tzinfo=self.zone)
        self.expect(
            "a key ends at midnight of its last day",
            lambda: self.browser("api", text).get("/api/v1/requests").status_code,
            {midnight - timedelta(seconds=20): 200, midnight + timedelta(seconds=5): 401},
        )

    def sign_ins(self) -> None:
        """Idle for too long is out, an hour back is not."""
        now = datetime.fromtimestamp(REAL(), tz=UTC)
        browser = self.browser("page")
        browser.force_login(self.clerk())
        browser.get("/")

        def signed_in() -> int:
            browser.get("/")
            return int("_auth_user_id" in browser.session)

        self.expect(
            "a sign-in survives a clock set back, and ends when it was idle for too long",
            signed_in,
            {
                now + timedelta(seconds=5): 1,
                now - timedelta(hours=1): 1,
                now + timedelta(days=365): 0,
            },
        )

    def codes(self, jumps: dict[str, datetime]) -> None:
        """A code of the app is good in its half minute, once, whatever the clock was before."""
        from allauth.mfa.models import Authenticator
        from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

        TOTP.activate(self.clerk(), SECRET)
        wrong = []
        for name, instant in jumps.items():
            with clock_at(instant):
                app = Authenticator.objects.get(user=self.clerk(), type=Authenticator.Type.TOTP)
                step = int(time.time()) // 30
                good, stale, early = (
                    format_hotp_value(hotp_value(SECRET, step + off)) for off in (0, -4, 4)
                )
                answers = [app.wrap().validate_code(code) for code in (stale, early, good, good)]
            if answers != [False, False, True, False]:
                wrong.append(f"{name}: stale, early, good, again: {answers}")
        self.check("a code of the second step is good now and once, not two minutes off", wrong,
                   f"{len(jumps)} instants")  # fmt: skip

    def midnight(self) -> None:
        """A cashier at the window when the day ends: the receipt is of its own day or is not written."""
        from kernel.errors import Refusal
        from kernel.identity.models import User
        from kernel.money import money
        from kernel.organisation.selectors import viewer_for
        from modules.finance.constants import Method
        from modules.finance.models import Charge, Receipt
        from modules.finance.services.receiving import Payment, Tender, receive

        by = viewer_for(User.objects.get(username="cashier01"))
        charge = Charge.objects.order_by("id")[0]
        payment = Payment(
            party_id=charge.party_id, payer_name="سامي الأسطل",
            tenders=(Tender(method=Method.CASH, amount=money("10.00", "ILS")),), charge_ids=(charge.pk,),
        )  # fmt: skip
        day = datetime.fromtimestamp(REAL(), tz=UTC).astimezone(self.zone).date()
        eve = datetime(day.year, day.month, day.day, 23, 59, 30, tzinfo=self.zone)
        said = []
        for instant in (eve, eve + timedelta(seconds=40), eve + timedelta(seconds=10)):
            with clock_at(instant):
                try:
                    said.append(receive(payment, by=by).number)
                except Refusal as refusal:
                    said.append(refusal.code)
        kept = list(Receipt.objects.order_by("id").values_list("number", "received_on"))
        wrong = []
        if [type(one) for one in said] != [int, str, int] or said[2] != said[0] + 1:
            wrong.append(f"before, after and before midnight again: {said}")
        if [one for one, _on in kept] != [said[0], said[2]] or any(on != day for _one, on in kept):
            wrong.append(f"receipts there: {kept}")
        self.check("a receipt is of its session's day; past midnight it is refused, and no number is lost", wrong,
                   f"{said[0]}, refused with {said[1]}, {said[2]} after the clock was set back")  # fmt: skip

    def expect(self, promise: str, ask: Callable[[], int], wanted: dict[datetime, int]) -> None:
        wrong = []
        for instant, answer in wanted.items():
            with clock_at(instant):
                found = ask()
            if found != answer:
                wrong.append(f"{instant:%Y-%m-%d %H:%M:%S%z}: {found}, not {answer}")
        self.check(promise, wrong, f"{len(wanted)} instants")


def changes_of(zone: ZoneInfo, year: int) -> list[datetime]:
    """The instants at which summer and winter time begin, to the minute."""
    found = []
    instant = datetime(year, 1, 1, tzinfo=UTC)
    while instant.year == year and len(found) < 2:
        if (
            instant.astimezone(zone).utcoffset()
            != (instant + timedelta(hours=1)).astimezone(zone).utcoffset()
        ):
            minutes = (instant + timedelta(minutes=one) for one in range(61))
            before = instant.astimezone(zone).utcoffset()
            found.append(next(one for one in minutes if one.astimezone(zone).utcoffset() != before))
        instant += timedelta(hours=1)
    return found


if __name__ == "__main__":
    main()
