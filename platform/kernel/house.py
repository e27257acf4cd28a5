"""What the kernel itself declares: permissions, policy keys and schedules that belong to no module."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import (
    FileGuard,
    Module,
    NumberSeries,
    Permission,
    PolicyKey,
    RoleTemplate,
    Schedule,
)

ADMINISTRATOR = RoleTemplate(
    code="administrator",
    title_ar="مدير النظام",
    title_en="System administrator",
    permissions=(
        "activation.switch",
        "api.manage_clients",
        "audit.read",
        "calendar.manage",
        "identity.manage",
        "notifications.read_outbox",
        "organisation.manage",
        "parties.read",
        "policies.set",
        "profile.manage",
    ),
)

SUPPORT = RoleTemplate(
    code="support_viewer",
    title_ar="زائر الدعم الفني",
    title_en="Support viewer",
    permissions=("audit.read", "parties.read"),
)

MODULE = Module(
    code="kernel",
    title=_("The house"),
    optional=False,
    house="both",
    permissions=(
        Permission(
            code="activation.switch",
            title=_("Switch modules on and off"),
            sentence=_("May switch the municipality's modules on and off."),
        ),
        Permission(
            code="audit.read",
            title=_("Read the audit trail"),
            sentence=_("May read who changed what, when and why."),
        ),
        Permission(
            code="calendar.manage",
            title=_("Keep the calendar"),
            sentence=_("May declare and withdraw holidays."),
        ),
        Permission(
            code="identity.manage",
            title=_("Keep staff accounts"),
            sentence=_("May invite staff, close accounts and end sessions."),
        ),
        Permission(
            code="organisation.manage",
            title=_("Keep the organisation"),
            sentence=_("May keep sections, roles, assignments and absences."),
        ),
        Permission(
            code="organisation.lead_beneath",
            title=_("Lead the sections beneath"),
            sentence=_("Holds the role in the sections beneath its own too."),
        ),
        Permission(
            code="profile.manage",
            title=_("Keep the municipality's profile"),
            sentence=_("May change the municipality's name, emblem, colour and letterhead."),
        ),
        Permission(
            code="parties.read",
            title=_("See persons"),
            sentence=_("May find persons and organisations and open their pages."),
        ),
        Permission(
            code="parties.register",
            title=_("Register persons"),
            sentence=_("May register and correct persons and organisations."),
        ),
        Permission(
            code="parties.merge",
            title=_("Merge duplicates"),
            sentence=_("May declare two records of a person to be one."),
        ),
        Permission(
            code="places.manage",
            title=_("Keep parcels and premises"),
            sentence=_("May register, split and merge land units and premises."),
        ),
        Permission(
            code="policies.set",
            title=_("Set policy values"),
            sentence=_(
                "May enter the values that the policies manual prescribes, with their dates."
            ),
        ),
        Permission(
            code="policies.override",
            title=_("Override a refusal"),
            sentence=_("May let a case pass against a gate, with a reason, for a time."),
        ),
        Permission(
            code="holds.manage",
            title=_("Raise and clear holds"),
            sentence=_("May block a person, a parcel or a request, and lift the block."),
        ),
        Permission(
            code="notifications.read_outbox",
            title=_("See messages sent"),
            sentence=_("May see the e-mails and text messages that the municipality sent."),
        ),
        Permission(
            code="printing.reprint",
            title=_("Print copies"),
            sentence=_("May print a marked copy of an issued document, with a reason."),
        ),
        Permission(
            code="printing.revoke",
            title=_("Revoke documents"),
            sentence=_("May declare an issued document to be no longer valid."),
        ),
    ),
    roles=(ADMINISTRATOR, SUPPORT),
    policy_keys=(
        PolicyKey(
            code="organisation.delegation_most_days",
            kind="int",
            default=30,
            unit="days",
            bounds=(1, 366),
            title=_("Longest delegation"),
            help=_("How many days one delegation of seats may last."),
            article="GOV-02",
            basis_date="event",
            enforced_at=("kernel.organisation.services:delegate",),
        ),
        PolicyKey(
            code="policies.nobody_overrides_own",
            kind="bool",
            default=True,
            title=_("Nobody overrides their own decision"),
            help=_("Who took a decision cannot be the one who makes an exception to it."),
            article="GOV-04",
            basis_date="decision",
            enforced_at=("kernel.policies.services.decide:override_decision",),
        ),
    ),
    seeds=(
        "kernel.organisation.seeds.seed_organisation",
        "kernel.policies.services.seed_manual",
        "kernel.calendar.services.seed_holidays",
    ),
    file_guards=(FileGuard(provider="kernel.printing.selectors.visible_files"),),
    number_series=(NumberSeries(code="kernel.document", title=_("Issued documents")),),
    schedules=(
        Schedule(task="events.relay", every_seconds=20),
        Schedule(task="audit.seal", every_seconds=120),
        Schedule(task="identity.sweep_sessions", every_seconds=24 * 3600),
        Schedule(task="calendar.prepare_next_year", every_seconds=24 * 3600),
        Schedule(task="files.keep_house", every_seconds=24 * 3600),
        Schedule(task="jobs.revive_stuck", every_seconds=60),
        Schedule(task="notifications.send_waiting", every_seconds=60),
        Schedule(task="once.forget_old_claims", every_seconds=24 * 3600),
    ),
)
