"""Permissions of the front desk, a sentence each, and the roles that a municipality starts with."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import Permission, RoleTemplate

PERMISSIONS = (
    Permission(
        code="frontdesk.open",
        title=_("Open requests"),
        sentence=_("May take a citizen's request, attach papers and submit it."),
    ),
    Permission(
        code="frontdesk.verify",
        title=_("Verify online requests"),
        sentence=_("May check requests from the web, and accept, return or reject them."),
    ),
    Permission(
        code="frontdesk.work",
        title=_("Work on steps"),
        sentence=_(
            "May take up and complete steps of their own sections, and return requests to the citizen."
        ),
    ),
    Permission(
        code="frontdesk.lead",
        title=_("Lead a section's work"),
        sentence=_("May act on every step of their own sections and assign steps to colleagues."),
    ),
    Permission(
        code="frontdesk.decide",
        title=_("Decide requests"),
        sentence=_(
            "May approve or reject a request at the step that decides in their own sections."
        ),
    ),
    Permission(
        code="frontdesk.waive",
        title=_("Waive a paper"),
        sentence=_("May let a request go on without a required paper, with a reason."),
    ),
    Permission(
        code="frontdesk.issue",
        title=_("Issue documents"),
        sentence=_("May print the document of a decided request."),
    ),
    Permission(
        code="frontdesk.hand_over",
        title=_("Hand documents over"),
        sentence=_("May hand a document to the citizen and record who received it."),
    ),
    Permission(
        code="frontdesk.withdraw",
        title=_("Withdraw requests"),
        sentence=_("May record that a citizen took a request back."),
    ),
    Permission(
        code="frontdesk.see_all",
        title=_("See every request"),
        sentence=_("May see requests of all sections."),
    ),
    Permission(
        code="frontdesk.see_hidden",
        title=_("See hidden complainants"),
        sentence=_("May see who made a complaint whose name is hidden."),
    ),
    Permission(
        code="frontdesk.see_confidential",
        title=_("See confidential papers"),
        sentence=_("May open confidential papers of requests."),
    ),
    Permission(
        code="frontdesk.catalogue",
        title=_("Keep the catalogue"),
        sentence=_("May offer services and publish their versions: days, fees, papers, route."),
    ),
    Permission(
        code="frontdesk.hall",
        title=_("Work in the hall"),
        sentence=_("May give tickets of the hall and call them at a counter."),
    ),
    Permission(
        code="frontdesk.hall_keep",
        title=_("Set up the hall"),
        sentence=_("May set the hall's categories, counters and screens."),
    ),
)

ROLES = (
    RoleTemplate(
        code="service_clerk",
        title_ar="موظف خدمات الجمهور",
        title_en="Service clerk",
        permissions=(
            "parties.read",
            "parties.register",
            "finance.read_dues",
            "frontdesk.open",
            "frontdesk.verify",
            "frontdesk.work",
            "frontdesk.issue",
            "frontdesk.hand_over",
            "frontdesk.withdraw",
            "frontdesk.hall",
        ),
    ),
    RoleTemplate(
        code="head_of_desk",
        title_ar="رئيس قسم خدمات الجمهور",
        title_en="Head of the front desk",
        permissions=(
            "parties.read",
            "parties.register",
            "parties.merge",
            "finance.read_dues",
            "frontdesk.open",
            "frontdesk.verify",
            "frontdesk.work",
            "frontdesk.lead",
            "frontdesk.waive",
            "frontdesk.issue",
            "frontdesk.hand_over",
            "frontdesk.withdraw",
            "frontdesk.see_all",
            "frontdesk.hall",
            "frontdesk.hall_keep",
            "printing.reprint",
            "printing.revoke",
        ),
    ),
    RoleTemplate(
        code="section_engineer",
        title_ar="مهندس القسم",
        title_en="Section engineer",
        permissions=("parties.read", "places.manage", "frontdesk.work"),
    ),
    RoleTemplate(
        code="section_officer",
        title_ar="موظف القسم",
        title_en="Section officer",
        permissions=("parties.read", "frontdesk.work"),
    ),
    RoleTemplate(
        code="section_head",
        title_ar="رئيس القسم",
        title_en="Head of section",
        permissions=(
            "parties.read",
            "organisation.lead_beneath",
            "frontdesk.work",
            "frontdesk.lead",
            "frontdesk.decide",
            "frontdesk.see_confidential",
        ),
    ),
    RoleTemplate(
        code="manager",
        title_ar="رئيس البلدية أو المفوض بالتوقيع",
        title_en="Mayor or delegate who decides",
        permissions=(
            "parties.read",
            "finance.read_dues",
            "organisation.lead_beneath",
            "frontdesk.work",
            "frontdesk.lead",
            "frontdesk.decide",
            "frontdesk.waive",
            "frontdesk.see_all",
            "frontdesk.see_hidden",
            "frontdesk.see_confidential",
            "printing.revoke",
            "policies.override",
        ),
    ),
    RoleTemplate(
        code="catalogue_keeper",
        title_ar="مسؤول دليل الخدمات",
        title_en="Keeper of the service catalogue",
        permissions=("frontdesk.catalogue", "frontdesk.hall_keep"),
    ),
)
