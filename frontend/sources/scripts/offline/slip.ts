// The provisional slip: it says in plain words that its number is not official and that the official one follows.
import { h, icon, ltr, moment, say } from "./dom";

export interface SlipFacts {
  provisional: string;
  hasNumber: boolean;
  service: string;
  name: string;
  papers: string[];
  takenAt: string;
  clerk: string;
}

export function drawSlip(facts: SlipFacts): void {
  const row = (label: string, value: Node | string) => [h("dt", {}, label), h("dd", {}, value)];
  document.getElementById("slip-body")?.replaceChildren(
    h("h1", {}, say("slipTitle")),
    h("p", { class: "slip-number" }, ltr(facts.provisional)),
    h("p", { class: "slip-warning" }, say(facts.hasNumber ? "slipWarning" : "slipReference")),
    h(
      "dl",
      { class: "dl" },
      ...row(say("service"), facts.service),
      ...row(say("applicant"), h("bdi", {}, facts.name || "—")),
      ...row(say("takenAt"), ltr(moment(facts.takenAt))),
      ...row(say("papers"), facts.papers.length ? facts.papers.join("، ") : say("noPapers")),
      ...row(say("clerk"), h("bdi", {}, facts.clerk || "—")),
    ),
    h("p", {}, say("slipPromise")),
    h("p", {}, say("slipNoMoney")),
    h("p", { class: "slip-sign" }, say("slipSign")),
  );
}

export function printButton(): HTMLElement {
  return h("button", { class: "btn btn-main", type: "button", click: () => window.print() }, icon("printer"), say("printSlip"));
}
