"""Opening, correcting and closing accounts."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from kernel.audit.models import AuditEntry
from kernel.errors import NotPermitted, NotVisible
from kernel.identity import selectors, services
from kernel.identity.errors import (
    BadUsername,
    EmailTaken,
    OwnAccount,
    UsernameTaken,
    WeakPassword,
    WrongPassword,
)
from kernel.identity.models import User
from kernel.viewer import Viewer

GOOD = "olives drying on the roof"


def test_an_account_is_opened_with_its_trail_and_without_its_password(
    hadi: Viewer,
) -> None:
    user = services.create_user("Rana.K", name_ar="رنا قاسم", email="Rana@Town.PS", by=hadi)
    assert (user.username, user.email) == ("rana.k", "rana@town.ps")
    assert not user.has_usable_password()
    entry = AuditEntry.objects.get(table_name="identity_user", row_id=str(user.pk))
    assert entry.actor_id == hadi.user_id
    assert "password" not in entry.after


def test_a_clerk_opens_no_accounts(amal: Viewer) -> None:
    with pytest.raises(NotPermitted):
        services.create_user("rana", name_ar="رنا", by=amal)


def test_one_name_one_account_in_whatever_letters(hadi: Viewer) -> None:
    with pytest.raises(UsernameTaken):
        services.create_user("AMAL", name_ar="أمل أخرى", by=hadi)


def test_one_address_one_account(hadi: Viewer) -> None:
    services.create_user("rana", name_ar="رنا", email="rana@town.ps", by=hadi)
    with pytest.raises(EmailTaken):
        services.create_user("rana2", name_ar="رنا", email="RANA@town.ps", by=hadi)


def test_names_and_passwords_are_checked(hadi: Viewer) -> None:
    with pytest.raises(BadUsername):
        services.create_user("a b", name_ar="أ", by=hadi)
    with pytest.raises(WeakPassword) as refused:
        services.create_user("rana", name_ar="رنا", password="short", by=hadi)
    assert refused.value.errors["password"]


def test_only_the_house_gives_a_demonstration_account_a_known_password(
    hadi: Viewer, system: Viewer
) -> None:
    services.create_user("demo1", name_ar="تجربة", password="demo", is_demo=True, by=system)
    with pytest.raises(WeakPassword):
        services.create_user("demo2", name_ar="تجربة", password="demo", is_demo=True, by=hadi)


def test_an_account_is_not_written_without_saying_who(town: str) -> None:
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        User.objects.filter(username="amal").update(is_active=False)


def test_a_closed_account_stays_in_the_list_of_the_closed(hadi: Viewer) -> None:
    amal = User.objects.get(username="amal")
    services.deactivate(amal, by=hadi, reason="انتقلت إلى بلدية أخرى")
    assert not selectors.accounts(hadi, text="amal").exists()
    assert selectors.accounts(hadi, text="amal", closed=True).exists()
    services.reactivate(amal, by=hadi, reason="عادت")
    assert selectors.accounts(hadi, text="amal").exists()


def test_nobody_closes_his_own_account(hadi: Viewer) -> None:
    with pytest.raises(OwnAccount):
        services.deactivate(User.objects.get(username="hadi"), by=hadi, reason="-")


def test_an_account_is_seen_by_its_owner_and_by_who_keeps_accounts(
    amal: Viewer, basel: Viewer, hadi: Viewer
) -> None:
    account = User.objects.get(username="amal")
    assert selectors.account_for(amal, account.uid) == account
    assert selectors.account_for(hadi, account.uid) == account
    with pytest.raises(NotVisible):
        selectors.account_for(basel, account.uid)


def test_ones_own_password_needs_the_present_one(amal: Viewer) -> None:
    user = User.objects.get(username="amal")
    with pytest.raises(WrongPassword):
        services.change_password(user, current="wrong", password=GOOD, by=amal)
    services.change_password(user, current="correct horse battery", password=GOOD, by=amal)
    user.refresh_from_db()
    assert user.check_password(GOOD)
    assert AuditEntry.objects.filter(
        table_name="identity_user", row_id=str(user.pk), reason="password"
    ).exists()


def test_a_password_set_by_another_must_be_changed(hadi: Viewer) -> None:
    user = services.set_password(User.objects.get(username="amal"), password=GOOD, by=hadi)
    assert user.must_change_password


def test_one_may_choose_ones_own_language_but_not_ones_name(amal: Viewer) -> None:
    user = User.objects.get(username="amal")
    services.change_details(user, language="en", by=amal)
    assert User.objects.get(username="amal").language == "en"
    with pytest.raises(NotPermitted):
        services.change_details(user, name_ar="أمل غيرها", by=amal)
