"""Pages of the desk."""

from django.urls import path

from modules.frontdesk.pages import (
    acting,
    catalogue,
    drafts,
    inbox,
    intake,
    lists,
    requests,
    together,
)
from modules.frontdesk.pages.designer import parts
from modules.frontdesk.pages.designer import views as designer

app_name = "frontdesk"
urlpatterns = [
    path("", inbox.inbox_page, name="inbox"),
    path("next", inbox.next_step, name="next"),
    path("assign", inbox.assign_picked, name="assign-many"),
    path("tools", inbox.tools, name="tools"),
    path("tools/<uuid:uid>/drop", inbox.tool_drop, name="tool-drop"),
    path("requests", lists.all_requests, name="list"),
    path("where", lists.where, name="where"),
    path("new", intake.new, name="new"),
    path("drafts/<uuid:uid>", drafts.draft, name="draft"),
    path("drafts/<uuid:uid>/questions", drafts.questions, name="questions"),
    path("drafts/<uuid:uid>/papers", drafts.draft_papers, name="draft-papers"),
    path(
        "drafts/<uuid:uid>/papers/<uuid:paper>/remove",
        drafts.draft_paper_remove,
        name="draft-paper-remove",
    ),
    path("drafts/<uuid:uid>/check", drafts.check, name="check"),
    path("drafts/<uuid:uid>/let-pass", drafts.let_pass_page, name="let-pass"),
    path("drafts/<uuid:uid>/ask", drafts.ask_page, name="ask"),
    path("drafts/<uuid:uid>/discard", drafts.discard, name="discard"),
    path("requests/<uuid:uid>", requests.request_page, name="request"),
    path("requests/<uuid:uid>/slip", requests.slip, name="slip"),
    path("requests/<uuid:uid>/document", requests.document, name="document"),
    path("requests/<uuid:uid>/copy", requests.copy, name="copy"),
    path("requests/<uuid:uid>/note", requests.note, name="note"),
    path("requests/<uuid:uid>/papers", requests.papers, name="papers"),
    path(
        "requests/<uuid:uid>/papers/<uuid:paper>/reject", requests.paper_reject, name="paper-reject"
    ),
    path("requests/<uuid:uid>/waive", requests.waive, name="waive"),
    path("requests/<uuid:uid>/resubmit", requests.resubmit_page, name="resubmit"),
    path("requests/<uuid:uid>/withdraw", requests.withdraw, name="withdraw"),
    path("requests/<uuid:uid>/issue", requests.issue, name="issue"),
    path("requests/<uuid:uid>/steps/<uuid:step>", acting.work, name="step"),
    path("requests/<uuid:uid>/steps/<uuid:step>/take", acting.take, name="take"),
    path("requests/<uuid:uid>/steps/<uuid:step>/photos", acting.photos, name="photos"),
    path("requests/<uuid:uid>/steps/<uuid:step>/return", acting.return_page, name="return"),
    path("requests/<uuid:uid>/steps/<uuid:step>/external", acting.external, name="external"),
    path("requests/<uuid:uid>/steps/<uuid:step>/answered", acting.answered, name="answered"),
    path("requests/<uuid:uid>/steps/<uuid:step>/assign", acting.assign, name="assign"),
    path(
        "requests/<uuid:uid>/steps/<uuid:step>/send-back", acting.send_back_page, name="send-back"
    ),
    path("requests/<uuid:uid>/steps/<uuid:step>/decide", acting.decide, name="decide"),
    path(
        "requests/<uuid:uid>/steps/<uuid:step>/hand-over", acting.hand_over_page, name="hand-over"
    ),
    path("requests/<uuid:uid>/message", together.message, name="message"),
    path("requests/<uuid:uid>/undo", together.undo, name="undo"),
    path("requests/<uuid:uid>/presence", together.presence, name="presence"),
    path("requests/<uuid:uid>/pauses/<uuid:pause>/letter", together.letter, name="letter"),
    path("requests/<uuid:uid>/steps/<uuid:step>/beside", together.beside, name="beside"),
    path("requests/<uuid:uid>/steps/<uuid:step>/drop", together.drop, name="drop-beside"),
    path("requests/<uuid:uid>/steps/<uuid:step>/escalate", together.escalate_page, name="escalate"),
    path("requests/<uuid:uid>/steps/<uuid:step>/macros/<uuid:tool>", together.macro, name="macro"),
    path("services", catalogue.catalogue, name="catalogue"),
    path("services/new", designer.new, name="service-new"),
    path("services/take-in", designer.bring, name="service-take-in"),
    path("services/<str:code>", catalogue.service, name="service"),
    path("services/<str:code>/file", designer.export, name="service-file"),
    path("services/<str:code>/design", designer.design, name="design"),
    path("services/<str:code>/design/start", designer.start, name="design-start"),
    path("services/<str:code>/design/discard", designer.discard, name="design-discard"),
    path("services/<str:code>/design/basics", parts.basics, name="design-basics"),
    path("services/<str:code>/design/texts", parts.texts, name="design-texts"),
    path("services/<str:code>/design/rule", parts.rule, name="design-rule"),
    path("services/<str:code>/design/trial", designer.trial, name="trial"),
    path("services/<str:code>/design/compare", designer.compare, name="compare"),
    path("services/<str:code>/design/publish", designer.publish, name="publish"),
    path("services/<str:code>/design/<str:part>/<str:name>", parts.item, name="design-item"),
    path("services/<str:code>/design/<str:part>/<str:name>/move", parts.move, name="design-move"),
    path("services/<str:code>/offer", catalogue.offer, name="offer"),
    path("services/<str:code>/revise", catalogue.revise, name="revise"),
    path("services/<str:code>/versions/<int:number>", catalogue.version, name="version"),
]
