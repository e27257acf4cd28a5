// In which standing somebody asks: for themselves, as an agent, or for the heirs of somebody who died. The person above
// is then whom the request is for; whoever stands at the desk is named here, with the paper by which they act.
import { h, icon, plain, say } from "./dom";
import { field, isoDate, textInput } from "./fields";
import type { Known, Service } from "./intake";
import type { Body } from "./outbox";
import type { Paper } from "./papers";

const NAMES = ["given_name", "father_name", "grandfather_name", "family_name"];
const STANDINGS = ["", "power", "inheritance"];
export type Proofs = Record<string, { code: string; title: string }>;
export type Said = Pick<Body, "acts_by" | "agent" | "power">;

/** The papers asked of who asks so, as the server will ask for them: an heir's certificate stands for a power of attorney. */
export function wantedPapers(papers: Paper[], actsBy: string, proofs: Proofs): Paper[] {
  const proof = proofs[actsBy];
  const codes = Object.values(proofs).map((one) => one.code);
  const ofAgent = (one: Paper) => one.need === "with_agent" && codes.includes(one.code);
  if (!proof) return papers.filter((one) => one.need !== "with_agent");
  const kept = papers.filter((one) => one.code === proof.code || !ofAgent(one));
  if (kept.some((one) => one.code === proof.code)) return kept;
  return [...kept, { ...proof, need: papers.some(ofAgent) ? "with_agent" : "if_any" }];
}

export class Standing {
  readonly element = h("section", { class: "card stack", id: "standing" });
  private readonly panel = h("div", { class: "form-grid" });
  private readonly hint = h("p", { class: "field-hint m-0", role: "status" });
  private known: Known | null = null;

  constructor(
    service: Service,
    private readonly remembered: Known[],
    private readonly begun: Body | null,
    private readonly error: (...names: string[]) => string,
    private readonly changed: () => void,
  ) {
    const mark = begun?.acts_by ?? "";
    const choice = (value: string) =>
      h("label", { class: "choice" }, h("input", { class: "form-check-input", type: "radio", name: "acts_by", value, checked: value === mark, change: () => this.again() }), h("span", {}, say(`standing${value && value[0]!.toUpperCase() + value.slice(1)}`)));
    this.element.append(
      h("fieldset", { class: "field group" }, h("legend", { class: "field-label" }, say("standingTitle")), h("div", { class: "choices" }, ...STANDINGS.map(choice))),
      this.hint,
      this.panel,
    );
    this.element.hidden = !service.agent;
    this.draw();
  }

  get actsBy(): string {
    return this.element.querySelector<HTMLInputElement>("[name=acts_by]:checked")?.value ?? "";
  }

  private again(): void {
    this.draw();
    this.changed();
  }

  private draw(): void {
    const acts = this.actsBy;
    const agent = (this.begun?.agent ?? {}) as Record<string, string>;
    const power = this.begun?.power ?? { number: "", on: "", until: "" };
    this.panel.hidden = this.hint.hidden = !acts;
    if (!acts) return this.panel.replaceChildren();
    this.hint.replaceChildren(icon("info-circle"), ` ${say(`${acts}Hint`)}`);
    const kept = (name: string, first: string) => this.element.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? first;
    const date = { dir: "ltr", inputmode: "numeric", placeholder: say("datePattern") };
    const shown = (iso = "") => (iso.includes("-") ? iso.split("-").reverse().join("/") : iso);
    const id = textInput("agent_id_number", kept("agent_id_number", agent.id_number ?? ""), { dir: "ltr", inputmode: "numeric", maxlength: "20" });
    id.addEventListener("input", () => this.look(id.value));
    this.panel.replaceChildren(
      field("agent_id_number", say("agentId"), id, { short: true, required: true, error: this.error("agent_id_number") }),
      ...NAMES.map((name) => field(`agent_${name}`, say(name), textInput(`agent_${name}`, kept(`agent_${name}`, agent[name] ?? ""), { maxlength: "60" }), { required: true, error: this.error(`agent_${name}`) })),
      field("power_number", say(`${acts}Number`), textInput("power_number", kept("power_number", power.number ?? ""), { dir: "ltr", maxlength: "60" }), { short: true, error: this.error("power_number") }),
      field("agent_power_on", say(`${acts}On`), textInput("agent_power_on", kept("agent_power_on", shown(power.on)), date), { short: true, required: true, error: this.error("agent_power_on") }),
      ...(acts === "power" ? [field("agent_power_until", say("powerUntil"), textInput("agent_power_until", kept("agent_power_until", shown(power.until)), date), { short: true, help: say("powerUntilHint"), error: this.error("agent_power_until") })] : []),
    );
    this.look(id.value);
  }

  /** Somebody served lately needs no names. */
  private look(typed: string): void {
    const number = plain(typed).replace(/\D/g, "");
    this.known = number.length === 9 ? (this.remembered.find((one) => one.id_number === number) ?? null) : null;
    for (const name of NAMES) this.element.querySelector<HTMLElement>(`[name=agent_${name}]`)!.closest<HTMLElement>(".field")!.hidden = this.known !== null;
  }

  private text(name: string): string {
    return plain(this.element.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? "");
  }

  /** What is said now; dates as they are sent, or as typed where they cannot be read. */
  said(phone: string, same: string): Said {
    const acts = this.actsBy;
    if (!acts) return {};
    const idNumber = this.text("agent_id_number").replace(/[\s-]/g, "");
    const names = Object.fromEntries(NAMES.map((name) => [name, this.text(`agent_${name}`)]));
    const dated = (name: string) => isoDate(this.text(name)) || this.text(name);
    return {
      acts_by: acts,
      agent: { ...(this.known ? { uid: this.known.uid } : names), id_number: idNumber.padStart(idNumber ? 9 : 0, "0"), phone, ...(same && same !== "another" ? { same_as: same } : {}), is_another: same === "another" },
      power: { number: this.text("power_number"), on: dated("agent_power_on"), until: dated("agent_power_until") },
    };
  }

  /** What is wrong with it, by field, as far as can be told here. */
  faults(today: string): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    const acts = this.actsBy;
    if (!acts) return found;
    const idNumber = this.text("agent_id_number").replace(/[\s-]/g, "");
    if (!/^\d{1,9}$/.test(idNumber)) found.agent_id_number = [say(idNumber ? "notId" : "needed")];
    if (!this.known) for (const name of NAMES) if (!this.text(`agent_${name}`)) found[`agent_${name}`] = [say("needed")];
    const [on, until] = [isoDate(this.text("agent_power_on")), isoDate(this.text("agent_power_until"))];
    if (!on) found.agent_power_on = [say(this.text("agent_power_on") ? "notDate" : "needed")];
    else if (on > today) found.agent_power_on = [say("powerEarly")];
    if (acts === "power" && this.text("agent_power_until")) {
      if (!until) found.agent_power_until = [say("notDate")];
      else if (until < today) found.agent_power_until = [say("powerOver")];
      else if (on && until < on) found.agent_power_until = [say("powerEndsEarly")];
    }
    return found;
  }
}
