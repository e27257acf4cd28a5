// The offline desk: works from what lies on this computer, with a line and without.
import { heldKey, keepAwake } from "./custody";
import { h, icon, ltr, say } from "./dom";
import { type Known, type Pack, type Service, type Started, type Finished, Intake } from "./intake";
import { LoginNeeded, OtherPerson, ask } from "./line";
import { Outbox, type Outcome, openRecord, sealRecord } from "./outbox";
import { drawOutbox } from "./outbox_page";
import { fromBytes, unseal } from "./seal";
import { type Stopped, hireWorker, remember, sit, whoSits } from "./seat";
import { drawSlip, printButton } from "./slip";
import { type Kept, type Sealed, type Store, keepMark, mark, newKey, numbersLeft, openStore, takeNumber } from "./store";

const base = document.body.dataset.base!;
const part = document.getElementById("part")!;
const notices = document.getElementById("notices")!;
const NOTHING: Started = { body: null, files: [], errors: {}, alike: [], sentence: "" };
const RESTS = 1500;

interface Half {
  key: string;
  service: string;
  wrapped: ArrayBuffer;
  sealed: Sealed[];
}

class Desk {
  private remembered: Known[] = [];
  private stopped: Stopped[] = [];
  private dirty = false;
  readonly outbox: Outbox;

  constructor(
    readonly store: Store,
    readonly owner: string,
    readonly pack: Pack,
  ) {
    this.outbox = new Outbox(store, owner, base, pack.hours);
  }

  async start(): Promise<void> {
    keepAwake();
    await this.recall();
    window.addEventListener("hashchange", () => void this.route());
    window.addEventListener("outbox:changed", () => void this.counted());
    window.addEventListener("storage", () => void this.counted());
    window.addEventListener("beforeunload", (event) => this.dirty && event.preventDefault());
    await this.route();
    void this.ready();
    window.addEventListener("online", () => void this.ready());
    this.outbox.watch((outcome) => this.told(outcome));
  }

  /** With a line: numbers, key, persons, worker. Without one: what was made ready before. */
  private async ready(): Promise<void> {
    try {
      await hireWorker(base).catch(() => undefined);
      ({ stopped: this.stopped } = await sit(this.store, this.owner, base));
      showLine(true);
      await remember(this.store, base);
      await navigator.storage?.persist?.();
      await this.recall();
      if (!part.contains(document.activeElement)) await this.route();
    } catch (error) {
      this.told(error instanceof LoginNeeded ? "login" : error instanceof OtherPerson ? "other" : "no-line");
    }
  }

  private async recall(): Promise<void> {
    const key = await heldKey(this.owner);
    const kept = (await this.store.get("meta", "persons")) as { wrapped: ArrayBuffer; sealed: Sealed[] } | undefined;
    if (!key || !kept) return;
    try {
      this.remembered = fromBytes<Known[]>((await unseal(key, kept.wrapped, kept.sealed))[0]!);
    } catch {
      this.remembered = [];
    }
  }

  told(outcome: Outcome): void {
    if (outcome === "no-line") showLine(false);
    if (outcome === "sent") showLine(true);
    if (outcome === "login") tell("warn", say("loginAgain"), h("a", { href: `${document.body.dataset.login}?next=${encodeURIComponent(base)}` }, say("login")));
    if (outcome === "other") tell("danger", say("otherPerson"));
    if (outcome === "sent") void this.counted();
  }

  private async counted(): Promise<void> {
    const count = await this.store.count("records");
    document.getElementById("count")!.textContent = String(count);
    const typing = part.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement;
    if (/^#(outbox|leave)/.test(location.hash) && !typing) await this.showOutbox();
  }

  private async route(): Promise<void> {
    const [name, value = ""] = location.hash.slice(1).split("=");
    const onOutbox = name === "outbox" || name === "leave" || name === "fix" || name === "slip";
    document.getElementById("tab-new")!.toggleAttribute("aria-current", !onOutbox);
    document.getElementById("tab-outbox")!.toggleAttribute("aria-current", onOutbox);
    for (const tab of ["tab-new", "tab-outbox"]) {
      const link = document.getElementById(tab)!;
      if (link.hasAttribute("aria-current")) link.setAttribute("aria-current", "page");
    }
    document.getElementById("count")!.textContent = String(await this.store.count("records"));
    this.dirty = false;
    if (name === "fix") await this.fix(value);
    else if (name === "slip") await this.slip(value);
    else if (onOutbox) await this.showOutbox();
    else if (value) await this.take(value);
    else await this.choose();
  }

  private async choose(): Promise<void> {
    const left = await numbersLeft(this.store);
    const list = h("ul", { class: "action-list offline-services" });
    const search = h("input", { class: "form-control", type: "search", id: "find-service", autocomplete: "off", dir: "auto" });
    const draw = () => {
      const typed = fold(search.value);
      const found = this.pack.services.filter((one) => fold(`${one.code} ${one.title}`).includes(typed)).slice(0, typed ? 60 : 200);
      list.replaceChildren(...found.map((one) => h("li", {}, h("a", { href: `#new=${one.code}` }, h("span", {}, one.title), ltr(one.code)))));
      if (!found.length) list.replaceChildren(h("li", { class: "soft" }, say("noService")));
    };
    search.addEventListener("input", draw);
    search.addEventListener("keydown", (event) => {
      if ((event as KeyboardEvent).key === "Enter") list.querySelector("a")?.click();
    });
    draw();
    const half = (await this.store.get("meta", "form")) as Half | undefined;
    const title = half && this.pack.services.find((one) => one.code === half.service)?.title;
    part.replaceChildren(
      ...(title ? [notice("info", say("halfDone", { service: title }), h("a", { href: `#new=${half.service}` }, say("goOn")))] : []),
      ...(left ? [] : [notice("warn", say("noNumbers"))]),
      h("section", { class: "card stack" }, h("div", { class: "field" }, h("label", { class: "field-label", for: "find-service" }, say("findService")), search), list),
    );
    search.focus();
  }

  private async take(code: string): Promise<void> {
    const service = this.pack.services.find((one) => one.code === code);
    if (!service) {
      location.hash = "#new";
      return;
    }
    // The key is made here, when the form opens: whatever happens to it afterwards is one request.
    let key = newKey();
    let begun = { ...NOTHING };
    const half = (await this.store.get("meta", "form")) as Half | undefined;
    const opened = await heldKey(this.owner);
    if (half?.service === code && opened) {
      const [body, ...files] = await unseal(opened, half.wrapped, half.sealed);
      begun = { ...begun, body: fromBytes(body!), files };
      key = half.key;
    }
    this.open(service, key, begun, null);
  }

  private open(service: Service, key: string, begun: Started, before: Kept | null): void {
    let once: Promise<void> | null = null;
    const back = h("a", { class: "btn btn-plain", href: before ? "#outbox" : "#new" }, say("cancel"));
    const save = (done: Finished) => (once ??= this.keep(service, key, done, before).catch((error) => {
      once = null;
      tell("danger", say("notKept", { why: String(error) }));
    }));
    const intake = new Intake(this.pack, service, this.remembered, begun, save, [back]);
    back.addEventListener("click", () => {
      this.dirty = false;
      if (!before) void this.store.delete("meta", "form");
    });
    let rest = 0;
    intake.form.addEventListener("input", () => {
      this.dirty = true;
      window.clearTimeout(rest);
      if (!before) rest = window.setTimeout(() => void this.keepHalf(service, key, intake), RESTS);
    });
    intake.form.addEventListener("submit", () => window.clearTimeout(rest));
    const heading = h("h2", {}, service.title, " ", h("span", { class: "hint" }, ltr(before?.provisional ?? service.code)));
    part.replaceChildren(heading, ...(service.fee ? [h("p", { class: "hint m-0" }, `${say("fee")} ${service.fee}`)] : []), ...(service.pays_first ? [notice("info", say("paysFirst"))] : []), intake.form);
    if (!begun.sentence) intake.form.querySelector<HTMLElement>("input, select, textarea")?.focus();
  }

  /** Half a form outlives a power cut, sealed like everything else. */
  private async keepHalf(service: Service, key: string, intake: Intake): Promise<void> {
    const { wrapped, body, files } = await sealRecord(this.store, intake.typed(), intake.files);
    await this.store.put("meta", { key, service: service.code, wrapped, sealed: [body, ...files] } satisfies Half, "form");
    this.dirty = false;
  }

  private async keep(service: Service, key: string, done: Finished, before: Kept | null): Promise<void> {
    const sealed = await sealRecord(this.store, done.body, done.files);
    const number = before ? null : await takeNumber(this.store);
    const record: Kept = {
      key,
      service: service.code,
      title: service.title,
      provisional: before?.provisional ?? number?.label ?? key.slice(-8).toUpperCase(),
      block: before?.block ?? number?.block ?? null,
      number: before?.number ?? number?.number ?? null,
      takenAt: before?.takenAt ?? new Date().toISOString(),
      status: "waiting",
      tries: 0,
      nextTry: 0,
      lastError: "",
      errors: {},
      alike: [],
      reason: "",
      late: before?.late ?? false,
      ...sealed,
    };
    await this.outbox.keep(record);
    await this.store.delete("meta", "form");
    this.dirty = false;
    await this.showSlip(record, done);
    history.replaceState(null, "", `#slip=${key}`);
    void this.outbox.replay(true).then((outcome) => this.told(outcome));
  }

  private async showSlip(record: Kept, done: Pick<Finished, "body" | "name">): Promise<void> {
    const service = this.pack.services.find((one) => one.code === record.service);
    const titles = done.body.papers.map((one) => service?.papers.find((paper) => paper.code === one.requirement)?.title ?? one.name);
    const clerk = String((await this.store.get("meta", "name")) ?? "");
    drawSlip({ provisional: record.provisional, hasNumber: record.number !== null, service: record.title, name: done.name, papers: titles, takenAt: record.takenAt, clerk });
    const print = printButton();
    part.replaceChildren(
      h(
        "section",
        { class: "card stack" },
        h("h2", {}, icon("circle-check"), say("kept")),
        h("p", { class: "slip-number m-0" }, ltr(record.provisional)),
        h("p", { class: "m-0" }, say(record.number === null ? "slipReference" : "slipWarning")),
        h("p", { class: "m-0" }, say("slipPromise")),
        h("div", { class: "actions" }, print, h("a", { class: "btn btn-plain", href: "#new" }, icon("file-plus"), say("next")), h("a", { class: "btn btn-quiet", href: "#outbox" }, say("toOutbox"))),
      ),
    );
    print.focus();
  }

  private async opened(key: string): Promise<{ record: Kept; body: Started["body"] & object; files: ArrayBuffer[] } | null> {
    const record = await this.store.get("records", key);
    const secret = await heldKey(this.owner);
    if (!record || record.status === "void" || !secret) {
      location.hash = "#outbox";
      if (record && !secret) tell("warn", say("sealedNow"));
      return null;
    }
    return { record, ...(await openRecord(record, secret)) };
  }

  private async slip(key: string): Promise<void> {
    const found = await this.opened(key);
    if (!found) return;
    const person = (found.body.person ?? {}) as Record<string, string>;
    const name = this.remembered.find((one) => one.uid === person.uid)?.name ?? ["given_name", "father_name", "grandfather_name", "family_name"].map((one) => person[one] ?? "").join(" ").trim();
    await this.showSlip(found.record, { body: found.body, name });
  }

  private async fix(key: string): Promise<void> {
    const found = await this.opened(key);
    const service = found && this.pack.services.find((one) => one.code === found.record.service);
    if (!found || !service) {
      if (found) tell("warn", say("serviceGone"));
      return;
    }
    const { record, body, files } = found;
    this.open(service, record.key, { body, files, errors: record.errors, alike: record.alike, sentence: record.lastError }, record);
  }

  private async showOutbox(): Promise<void> {
    await drawOutbox(part, {
      outbox: this.outbox,
      hours: this.pack.hours,
      stopped: this.stopped,
      leaving: location.hash === "#leave",
      isOpen: (await heldKey(this.owner)) !== null,
      send: () => void this.outbox.replay(true).then((outcome) => this.told(outcome)),
    });
  }
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[إأآ]/g, "ا").replace(/ة/g, "ه").replace(/ى/g, "ي").replace(/[\u064B-\u0652]/g, "").trim();
}

function notice(kind: string, ...inside: (Node | string)[]): HTMLElement {
  const name = { warn: "alert-triangle", danger: "alert-circle", info: "info-circle" }[kind] ?? "info-circle";
  return h("div", { class: `notice notice-${kind}` }, icon(name), h("div", {}, ...inside.flatMap((one) => [one, " "])));
}

function tell(kind: string, ...inside: (Node | string)[]): void {
  notices.replaceChildren(notice(kind, ...inside));
}

function showLine(there: boolean): void {
  const chip = document.getElementById("line")!;
  chip.className = `state state-${there ? "ok" : "warn"}`;
  chip.replaceChildren(there ? icon("wifi") : icon("wifi-off"), say(there ? "lineThere" : "lineCut"));
}

async function whose(): Promise<string> {
  const known = mark()?.owner;
  try {
    // With a line the one who is logged in counts, whoever worked here before.
    const owner = await whoSits(base, known ? 4 : 30);
    keepMark({ owner, base });
    return owner;
  } catch (error) {
    if (error instanceof LoginNeeded) tell("warn", say("loginAgain"), h("a", { href: `${document.body.dataset.login}?next=${encodeURIComponent(base)}` }, say("login")));
    return known ?? "";
  }
}

async function begin(): Promise<void> {
  showLine(navigator.onLine);
  window.addEventListener("offline", () => showLine(false));
  if (location.pathname !== base) {
    document.getElementById("away")!.hidden = false;
    document.getElementById("again")!.setAttribute("href", location.href);
    history.replaceState(null, "", base);
  }
  if (!window.isSecureContext || !window.indexedDB || !crypto.subtle) {
    part.replaceChildren(notice("danger", say("notSecure")));
    return;
  }
  const owner = mark()?.owner && !navigator.onLine ? mark()!.owner : await whose();
  if (!owner) {
    part.replaceChildren(notice("danger", say("neverReady")));
    return;
  }
  const store = await openStore(owner);
  let pack: Pack;
  try {
    pack = await ask<Pack>(`${base}pack`);
  } catch {
    part.replaceChildren(notice("danger", say("neverReady")));
    return;
  }
  if (!(await store.get("meta", "keys"))) await sit(store, owner, base).catch(() => undefined);
  if (!(await store.get("meta", "keys"))) {
    part.replaceChildren(notice("danger", say("neverReady")));
    return;
  }
  await new Desk(store, owner, pack).start();
}

void begin();
