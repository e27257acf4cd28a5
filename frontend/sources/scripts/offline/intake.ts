// The form of one request: who asks, what the service asks, the papers; then into the outbox.
import { h, icon, ltr, plain, say } from "./dom";
import { type Part, type Question, asked, checkDigitFits, drawQuestion, factsOf, faultLine, faultOf, field, readAnswers, textInput } from "./fields";
import { type Rule, holds } from "./judge";
import type { Body } from "./outbox";
import { type Paper, PaperShelf } from "./papers";
import { type Proofs, Standing, wantedPapers } from "./standing";
import type { Alike } from "./store";

export interface Service {
  code: string;
  title: string;
  group: string;
  days: number;
  fee?: string;
  pays_first?: boolean;
  place: string;
  anonymous?: boolean;
  hidden?: boolean;
  agent?: boolean;
  sections: Part[];
  fields: Question[];
  papers: Paper[];
}
export interface Pack {
  hours: number;
  most_files: number;
  most_bytes: number;
  terms: Record<string, string>;
  proofs: Proofs;
  services: Service[];
}
export interface Known {
  uid: string;
  name: string;
  id_number: string;
  phone: string;
}
export interface Started {
  body: Body | null;
  files: ArrayBuffer[];
  errors: Record<string, string[]>;
  alike: Alike[];
  sentence: string;
}
export interface Finished {
  body: Body;
  files: ArrayBuffer[];
  name: string;
}
const NAMES = ["given_name", "father_name", "grandfather_name", "family_name"];

export class Intake {
  readonly form = h("form", { class: "stack", novalidate: true });
  private readonly shelf: PaperShelf;
  private readonly questions = h("div", { class: "form-grid" });
  private readonly people = h("div", { class: "field-hint", role: "status" });
  private readonly faults = h("div");
  private readonly paperGrid = h("div", { class: "form-grid" });
  private standing!: Standing;
  private known: Known | null = null;
  private errors: Record<string, string[]>;
  private shownAs = "";

  constructor(
    private readonly pack: Pack,
    private readonly service: Service,
    private readonly remembered: Known[],
    private readonly begun: Started,
    private readonly save: (done: Finished) => Promise<void>,
    private readonly buttons: HTMLElement[],
  ) {
    this.shelf = new PaperShelf(pack, begun.body?.papers, begun.files);
    this.errors = begun.errors;
    this.draw();
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.finish();
    });
    this.form.addEventListener("change", () => this.again());
  }

  /** What stands in the form now, for keeping it over a power cut. */
  typed(): Body {
    const names = Object.fromEntries(NAMES.map((name) => [name, (this.form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? ""]));
    return {
      person: { ...names, id_number: this.text("id_number") },
      phone: this.text("phone"),
      answers: this.answers(),
      parcel: { block_no: this.text("block_no"), parcel_no: this.text("parcel_no") },
      is_hidden: false,
      ...this.standing.said(this.text("phone"), ""),
      papers: this.shelf.notes,
    };
  }

  get files(): ArrayBuffer[] {
    return this.shelf.bytes;
  }

  private error(...names: string[]): string {
    return names.flatMap((name) => this.errors[name] ?? []).join(" ");
  }

  private draw(): void {
    const { service } = this;
    this.standing = new Standing(service, this.remembered, this.begun.body, (...names) => this.error(...names), () => this.drawPapers());
    this.form.replaceChildren(
      this.faults,
      ...this.doubts(),
      this.who(),
      this.standing.element,
      ...(service.fields.length ? [h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, icon("forms"), say("asked"))), this.questions)] : []),
      h("section", { class: "card", id: "papers" }, h("div", { class: "card-head" }, h("h2", {}, icon("paperclip"), say("papers"))), h("p", { class: "field-hint" }, say("papersHint")), this.paperGrid),
      h("div", { class: "form-foot" }, h("button", { class: "btn btn-main", type: "submit" }, icon("device-floppy"), say("save")), ...this.buttons),
    );
    this.drawPapers();
    this.drawQuestions(this.begun.body?.answers ?? {});
    const told = [this.begun.sentence, ...Object.values(this.errors).flat()].filter(Boolean);
    if (told.length) this.tell([...new Set(told)]);
  }

  private tell(sentences: string[]): void {
    const box = h("div", { class: "errors", role: "alert", tabindex: "-1" }, h("h2", {}, icon("alert-triangle"), say("correct")), h("ul", {}, ...sentences.map((one) => h("li", {}, one))));
    this.faults.replaceChildren(box);
    box.focus();
  }

  /** Whether somebody alike is the same person: only the clerk can say. */
  private doubts(): HTMLElement[] {
    const { alike } = this.begun;
    if (!alike.length) return [];
    const name = this.doubted;
    const choice = (value: string, ...text: (Node | string)[]) => h("label", { class: "choice" }, h("input", { class: "form-check-input", type: "radio", name, value }), h("span", {}, ...text));
    return [
      h(
        "fieldset",
        { class: "card" },
        h("legend", { class: "field-label" }, say(name === "same_as" ? "whoIsIt" : "whoIsAgent")),
        h("div", { class: "choices" }, ...alike.map((one) => choice(one.uid, say("itIs"), " ", h("bdi", {}, one.name), " ", ltr(one.id_number))), choice("another", say("another"))),
      ),
    ];
  }

  /** Of whom it is doubtful who they are: whoever the request is for, or who acts for them. */
  private get doubted(): string {
    return this.begun.alike[0]?.whose === "agent" ? "agent_same_as" : "same_as";
  }

  private who(): HTMLElement {
    const person = (this.begun.body?.person ?? {}) as Record<string, string>;
    const { terms } = this.pack;
    const needed = !this.service.anonymous;
    const id = textInput("id_number", person.id_number, { dir: "ltr", inputmode: "numeric", maxlength: "20" });
    id.addEventListener("input", () => this.look(id.value));
    const fields = [
      field("id_number", say("idNumber"), id, { short: true, error: this.error("id_number"), required: needed }),
      ...NAMES.map((name) => field(name, say(name), textInput(name, person[name], { maxlength: "60" }), { error: this.error(name), required: needed })),
      field("phone", say("phone"), textInput("phone", this.begun.body?.phone ?? "", { dir: "ltr", inputmode: "tel", maxlength: "20" }), { short: true, help: say("phoneHint"), error: this.error("phone", "phones", "contact_phone") }),
    ];
    if (this.service.place !== "none") {
      const parcel = this.begun.body?.parcel ?? {};
      const required = this.service.place === "required";
      fields.push(
        field("block_no", terms.block ?? "", textInput("block_no", parcel.block_no, { dir: "ltr", maxlength: "20" }), { short: true, required }),
        field("parcel_no", terms.parcel ?? "", textInput("parcel_no", parcel.parcel_no, { dir: "ltr", maxlength: "20" }), { short: true, required, error: this.error("parcel_no") }),
      );
    }
    if (this.service.hidden) {
      fields.push(h("div", { class: "field" }, h("label", { class: "choice" }, h("input", { class: "form-check-input", type: "checkbox", name: "is_hidden", checked: this.begun.body?.is_hidden }), h("span", {}, say("hide")))));
    }
    if (person.uid) this.known = this.remembered.find((one) => one.uid === person.uid) ?? null;
    queueMicrotask(() => this.look(id.value));
    return h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, icon("user"), terms.applicant ?? "")), this.people, h("div", { class: "form-grid" }, ...fields));
  }

  /** Somebody served lately is known by the ID number; a wrong check digit is told and stops nothing. */
  private look(typed: string): void {
    const number = plain(typed).replace(/\D/g, "");
    this.known = number.length === 9 ? (this.remembered.find((one) => one.id_number === number) ?? null) : null;
    const parts: (Node | string)[] = [];
    if (this.known) parts.push(icon("user-check"), ` ${say("known")} `, h("bdi", {}, this.known.name));
    else if (!checkDigitFits(number)) parts.push(faultLine(say("checkDigit")));
    this.people.replaceChildren(...parts);
    for (const name of NAMES) {
      const input = this.form.elements.namedItem(name) as HTMLInputElement | null;
      if (input) input.closest<HTMLElement>(".field")!.hidden = this.known !== null;
    }
    const phone = this.form.elements.namedItem("phone") as HTMLInputElement | null;
    if (phone && this.known?.phone && !phone.value) phone.value = this.known.phone;
  }

  private about(): Record<string, unknown> {
    const place = ["block_no", "parcel_no"].every((name) => this.text(name));
    return { today: new Date().toISOString().slice(0, 10), channel: "desk", "applicant.kind": "person", with_agent: this.standing.actsBy !== "", has_place: place, "place.area": null };
  }

  private text(name: string): string {
    return plain((this.form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "");
  }

  private drawQuestions(answers: Record<string, unknown>): void {
    const facts = factsOf(this.service.fields, answers, this.about());
    const shown = asked(this.service.fields, this.service.sections, facts).filter(([, is]) => is !== false);
    this.shownAs = shown.map(([one]) => one.code).join();
    const made: HTMLElement[] = [];
    let head = "";
    for (const code of ["", ...this.service.sections.map((one) => one.code)]) {
      for (const [one] of shown.filter(([question]) => (question.section ?? "") === code)) {
        if (code && code !== head) {
          const part = this.service.sections.find((section) => section.code === code)!;
          made.push(h("h3", { class: "wide m-0" }, part.title), ...(part.help ? [h("p", { class: "wide field-hint m-0" }, part.help)] : []));
          head = code;
        }
        made.push(drawQuestion(one, answers[one.code], this.error(`answers.${one.code}`)));
      }
    }
    this.questions.replaceChildren(...made);
  }

  /** An answer may ask for more questions: they are drawn anew with what was typed, and the focus stays. */
  private again(): void {
    const answers = this.answers();
    const facts = factsOf(this.service.fields, answers, this.about());
    const now = asked(this.service.fields, this.service.sections, facts).filter(([, is]) => is !== false);
    if (now.map(([one]) => one.code).join() === this.shownAs) return;
    const at = (document.activeElement as HTMLInputElement | null)?.name;
    this.drawQuestions(answers);
    if (at) (this.form.querySelector(`[name="${CSS.escape(at)}"]`) as HTMLElement | null)?.focus();
  }

  private answers(): Record<string, unknown> {
    return readAnswers(this.form, this.service.fields);
  }

  /** The papers follow the standing; what was chosen for one that is no longer asked for is not sent. */
  private drawPapers(): void {
    const acts = this.standing.actsBy;
    const wanted = wantedPapers(this.service.papers, acts, this.pack.proofs).filter((one) => holds(one.asked_if as Rule | undefined, {}) !== false);
    for (const code of this.shelf.codes) if (!wanted.some((one) => one.code === code)) this.shelf.forget(code);
    this.paperGrid.replaceChildren(...wanted.map((one) => this.shelf.draw(one, acts !== "")));
    this.paperGrid.closest<HTMLElement>("section")!.hidden = !wanted.length;
  }

  /** What was answered about one of the two persons when it was sent before: the other's doubt must not forget it. */
  private settled(whose: "person" | "agent", field: string): string {
    const one = this.begun.body?.[whose];
    if (!one || Number(one.id_number) !== Number(this.text(field))) return "";
    return one.is_another === true ? "another" : typeof one.same_as === "string" ? one.same_as : "";
  }

  private async finish(): Promise<void> {
    const answers = this.answers();
    const facts = factsOf(this.service.fields, answers, this.about());
    const errors: Record<string, string[]> = {};
    const add = (name: string, sentence: string) => sentence && (errors[name] = [sentence]);
    for (const [one, is] of asked(this.service.fields, this.service.sections, facts)) {
      if (is === false) delete answers[one.code];
      else {
        const fault = faultOf(one, answers[one.code], is === true);
        if (fault) add(`answers.${one.code}`, fault);
      }
    }
    const idNumber = this.text("id_number").replace(/[\s-]/g, "");
    const names = Object.fromEntries(NAMES.map((name) => [name, (this.form.elements.namedItem(name) as HTMLInputElement | null)?.value.trim() ?? ""]));
    const named = Object.values(names).some(Boolean);
    if (!this.service.anonymous || named || idNumber) {
      if (!idNumber && !this.service.anonymous) add("id_number", say("needed"));
      if (idNumber && !/^\d{1,9}$/.test(idNumber)) add("id_number", say("notId"));
      if (!this.known) for (const name of NAMES) if (!names[name]) add(name, say("needed"));
    }
    const phone = this.text("phone");
    if (phone && !/^\+?[\d\s\-()]{7,18}$/.test(phone)) add("phone", say("notPhone"));
    if (this.service.place === "required") for (const name of ["block_no", "parcel_no"]) if (!this.text(name)) add(name, say("needed"));
    const doubted = this.doubted;
    const answer = (this.form.elements.namedItem(doubted) as RadioNodeList | HTMLInputElement | null)?.value ?? "";
    if (this.begun.alike.length && !answer) add(doubted, say("whoIsIt"));
    const before: Record<string, string> = { same_as: this.settled("person", "id_number"), agent_same_as: this.settled("agent", "agent_id_number") };
    if (answer) before[doubted] = answer;
    const { same_as: same = "", agent_same_as: sameAgent = "" } = before;
    Object.assign(errors, this.standing.faults(this.about().today as string));
    const acting = this.standing.actsBy !== "";
    const hasPerson = Boolean(idNumber || named);
    const person = hasPerson ? { ...(this.known ? { uid: this.known.uid } : names), id_number: idNumber.padStart(idNumber ? 9 : 0, "0"), phone: acting ? "" : phone, ...(same && same !== "another" ? { same_as: same } : {}), is_another: same === "another" } : null;
    const body: Body = {
      person,
      phone,
      answers,
      parcel: { block_no: this.text("block_no"), parcel_no: this.text("parcel_no") },
      is_hidden: (this.form.elements.namedItem("is_hidden") as HTMLInputElement | null)?.checked ?? false,
      ...this.standing.said(phone, sameAgent),
      papers: this.shelf.notes,
    };
    if (Object.keys(errors).length) {
      this.errors = errors;
      this.begun.body = body;
      this.begun.sentence = "";
      this.draw();
      return;
    }
    await this.save({ body, files: this.shelf.bytes, name: this.known?.name ?? NAMES.map((name) => names[name]).join(" ").trim() });
  }
}
