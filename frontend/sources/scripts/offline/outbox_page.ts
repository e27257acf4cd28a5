// What waits, what must be corrected, what was received: with what to do about each.
import { day, h, icon, ltr, moment, say } from "./dom";
import type { Outbox } from "./outbox";
import type { Stopped } from "./seat";
import type { Kept, Sent } from "./store";

interface Shown {
  outbox: Outbox;
  hours: number;
  stopped: Stopped[];
  leaving: boolean;
  isOpen: boolean;
  send: () => void;
}
const KINDS = { waiting: "info", conflict: "danger", expired: "danger", void: "neutral" } as const;
const KEPT_SENT = 72 * 3600e3;
const WARN_HOURS = 24;

export async function drawOutbox(part: HTMLElement, shown: Shown): Promise<void> {
  const { outbox, leaving } = shown;
  const records = await outbox.list();
  const sent = (await outbox.store.getAll("sent")).filter((one) => Date.now() - one.at < KEPT_SENT).reverse();
  const empty = !records.length;
  part.replaceChildren(
    ...(leaving ? [note(empty ? "ok" : "warn", say(empty ? "mayLeave" : "mayNotLeave"))] : []),
    h(
      "section",
      { class: "card stack" },
      h("div", { class: "card-head" }, h("h2", {}, icon("send"), say("waits")), empty ? null : h("button", { class: "btn btn-main", type: "button", click: shown.send }, icon("send"), say("sendNow"))),
      empty ? h("p", { class: "soft m-0" }, say("emptyOutbox")) : h("ul", { class: "outbox-list" }, ...records.map((one) => line(one, shown))),
    ),
    ...(shown.stopped.length
      ? [h("section", { class: "card stack" }, h("h2", {}, icon("hand-stop"), say("stoppedThere")), h("ul", { class: "outbox-list" }, ...shown.stopped.map((one) => h("li", {}, h("div", { class: "spread" }, h("strong", {}, ltr(one.provisional)), h("a", { href: one.url }, say("openDraft"))), h("p", { class: "m-0" }, one.reason)))))]
      : []),
    ...(sent.length ? [h("section", { class: "card stack" }, h("h2", {}, icon("circle-check"), say("received")), h("ul", { class: "outbox-list" }, ...sent.map(arrived)))] : []),
  );
}

function note(kind: string, text: string): HTMLElement {
  return h("div", { class: `notice notice-${kind}` }, icon(kind === "ok" ? "circle-check" : "alert-triangle"), h("div", {}, text));
}

function state(one: Kept): string {
  if (one.status === "conflict") return say("needsCorrecting");
  if (one.status === "expired") return say("expired");
  if (one.status === "void") return say("givenUp");
  return one.tries ? say("triedTimes", { count: one.tries }) : say("waiting");
}

function line(one: Kept, shown: Shown): HTMLElement {
  const left = shown.hours - (Date.now() - Date.parse(one.takenAt)) / 3600e3;
  const mayOpen = one.status !== "void";
  return h(
    "li",
    { "data-record": one.key, "data-status": one.status },
    h("div", { class: "spread" }, h("div", {}, h("strong", {}, ltr(one.provisional)), " ", one.title), h("span", { class: `state state-${KINDS[one.status]}` }, state(one))),
    h("p", { class: "hint m-0" }, say("takenAt"), " ", ltr(moment(one.takenAt))),
    one.lastError && h("p", { class: "field-error m-0" }, icon("alert-circle"), h("span", {}, one.lastError)),
    ...Object.values(one.errors).flat().filter((text) => text !== one.lastError).map((text) => h("p", { class: "field-error m-0" }, icon("alert-circle"), h("span", {}, text))),
    one.status === "waiting" && left < WARN_HOURS && h("p", { class: "notice notice-warn m-0" }, icon("clock"), h("span", {}, say("soonLate", { hours: Math.max(0, Math.floor(left)) }))),
    h(
      "div",
      { class: "row-wrap" },
      one.status === "expired" && h("button", { class: "btn btn-primary btn-sm", type: "button", click: () => void sendLate(one, shown) }, say("sendLate")),
      mayOpen && shown.isOpen && h("a", { class: one.status === "conflict" ? "btn btn-primary btn-sm" : "btn btn-plain btn-sm", href: `#fix=${one.key}` }, icon("edit"), say("fix")),
      mayOpen && shown.isOpen && h("a", { class: "btn btn-quiet btn-sm", href: `#slip=${one.key}` }, icon("printer"), say("printSlip")),
      mayOpen && giveUp(one, shown),
    ),
    mayOpen && !shown.isOpen && h("p", { class: "hint m-0" }, say("sealedNow")),
  );
}

async function sendLate(one: Kept, { outbox, send }: Shown): Promise<void> {
  await outbox.keep({ ...one, status: "waiting", late: true, nextTry: 0 });
  send();
}

/** A number that was printed is never simply gone: the reason goes to the server in its place. */
function giveUp(one: Kept, { outbox, send }: Shown): HTMLElement {
  const reason = h("input", { class: "form-control", type: "text", required: true, maxlength: 300, id: `why-${one.key}`, dir: "auto" });
  const form = h("form", { class: "row-wrap" }, h("label", { class: "field-label", for: reason.id }, say("why")), reason, h("button", { class: "btn btn-danger btn-sm", type: "submit" }, say("giveUp")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!reason.value.trim()) return;
    const nothing = { wrapped: new ArrayBuffer(0), body: { iv: new Uint8Array(0), data: new ArrayBuffer(0) }, files: [] };
    void outbox.keep({ ...one, ...nothing, status: "void", reason: reason.value.trim(), tries: 0, nextTry: 0, lastError: "", errors: {}, alike: [] }).then(send);
  });
  return h("details", {}, h("summary", {}, say("giveUp")), form);
}

function arrived(one: Sent): HTMLElement {
  const accepted = one.outcome === "accepted";
  return h(
    "li",
    { "data-sent": one.outcome },
    h("div", { class: "spread" }, h("div", {}, ltr(one.provisional), " → ", h("a", { href: one.url }, accepted ? ltr(one.number) : say("openDraft")), " ", one.title), h("span", { class: `state state-${accepted ? "ok" : "warn"}` }, say(accepted ? "accepted" : "stopped"))),
    accepted ? one.promised_on && h("p", { class: "hint m-0" }, say("promised"), " ", ltr(day(one.promised_on))) : h("p", { class: "m-0" }, one.sentences.join(" ")),
  );
}
