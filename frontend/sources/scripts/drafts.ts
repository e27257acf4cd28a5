// What is typed is kept: on the server every five seconds, on this computer when the server is away.
import { NoConnection, ask } from "./server";
import { onFresh } from "./swaps";
import { toast } from "./live";
import { word } from "./words";

const EVERY = 5000;
const KEPT_HOURS = 72;
const ON_THE_WAY = 60_000;
let loggingOut = false;
const SECRET = /password|csrf|submission_key|draft_key|code/i;
type Payload = Record<string, string | string[]>;

function read(form: HTMLFormElement): Payload {
  const payload: Payload = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || SECRET.test(name)) continue;
    const before = payload[name];
    if (before === undefined) payload[name] = value;
    else payload[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return payload;
}

function write(form: HTMLFormElement, payload: Payload): void {
  form.dispatchEvent(new CustomEvent("face:restoring", { detail: Object.keys(payload) }));
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement)) continue;
    if (!element.name || SECRET.test(element.name) || element.type === "file") continue;
    const given = payload[element.name];
    const values = given === undefined ? [] : Array.isArray(given) ? given : [given];
    if (element instanceof HTMLInputElement && (element.type === "checkbox" || element.type === "radio")) {
      element.checked = values.includes(element.value);
    } else if (element instanceof HTMLSelectElement && element.multiple) {
      for (const option of element.options) option.selected = values.includes(option.value);
    } else if (values[0] !== undefined) {
      element.value = values[0];
    }
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function clock(): string {
  const now = new Date();
  return `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
}

class DraftOf {
  private timer = 0;
  private last = "";
  private readonly shelf: string;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly url: string,
  ) {
    this.shelf = `draft:${url}`;
    form.addEventListener("input", () => this.later());
    form.addEventListener("change", () => this.later());
    form.addEventListener("submit", () => window.clearTimeout(this.timer));
    for (const going of ["beforeunload", "pagehide"]) window.addEventListener(going, () => this.leave());
    void this.restore();
  }

  private mark(text: string): void {
    const mark = this.form.querySelector("[data-draft-mark]");
    if (mark) mark.textContent = text;
  }

  private later(): void {
    if (this.timer) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      void this.save();
    }, EVERY);
  }

  // Another form of the page, a link, the window closed: what was typed in the last seconds goes along. The next page of
  // this tab finds it at once; the server has it for whoever comes back elsewhere.
  private leave(): void {
    if (!this.timer || this.form.dataset.sent || loggingOut) return;
    const body = JSON.stringify(read(this.form));
    if (body === this.last) return;
    window.sessionStorage.setItem(this.shelf, JSON.stringify({ at: Date.now(), body }));
    this.last = body;
    void ask(this.url, { method: "POST", body, headers: { "Content-Type": "application/json" }, keepalive: true }, false).catch(() => {
      this.last = "";
    });
  }

  private takeAlong(): Payload | null {
    const kept = window.sessionStorage.getItem(this.shelf);
    window.sessionStorage.removeItem(this.shelf);
    if (!kept) return null;
    const { at, body } = JSON.parse(kept) as { at: number; body: string };
    return Date.now() - at < ON_THE_WAY ? (JSON.parse(body) as Payload) : null;
  }

  private async save(): Promise<void> {
    const body = JSON.stringify(read(this.form));
    if (body === this.last || this.form.dataset.sent) return;
    try {
      const answer = await ask(this.url, { method: "POST", body, headers: { "Content-Type": "application/json" } });
      if (!answer.ok) throw new NoConnection();
      const { clock: time } = (await answer.json()) as { clock: string };
      this.last = body;
      window.localStorage.removeItem(this.shelf);
      this.mark(word("draftSaved", { time }));
    } catch {
      window.localStorage.setItem(this.shelf, JSON.stringify({ at: Date.now(), body }));
      this.mark(word("draftKept", { time: clock() }));
      this.later();
    }
  }

  private async restore(): Promise<void> {
    const blank = JSON.stringify(read(this.form));
    let payload = this.takeAlong();
    if (this.form.querySelector("[data-errors]")) return;
    let time = "";
    const kept = window.localStorage.getItem(this.shelf);
    if (kept && !payload) {
      const { at, body } = JSON.parse(kept) as { at: number; body: string };
      if (Date.now() - at < KEPT_HOURS * 3600e3) payload = JSON.parse(body) as Payload;
      else window.localStorage.removeItem(this.shelf);
    }
    if (!payload) {
      try {
        const answer = await ask(this.url);
        if (answer.status === 200) ({ payload, clock: time } = (await answer.json()) as { payload: Payload; clock: string });
      } catch {
        return;
      }
    }
    // Somebody who already types is not overruled.
    if (!payload || JSON.stringify(payload) === blank || JSON.stringify(read(this.form)) !== blank) return;
    write(this.form, payload);
    const told = word("draftRestored", { time: time || clock() });
    this.mark(told);
    toast(told);
  }
}

export function startDrafts(): void {
  onFresh((root) => {
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]:not([data-draft-ready])")) {
      form.dataset.draftReady = "";
      new DraftOf(form, form.dataset.draft!);
    }
  });
  window.addEventListener("offline", () => toast(word("offline"), 8));
  window.addEventListener("online", () => toast(word("online")));
  // On a shared computer nothing stays behind.
  document.addEventListener("submit", (event) => {
    if (!(event.target as HTMLFormElement).getAttribute("action")?.endsWith("/logout/")) return;
    loggingOut = true;
    for (const shelves of [window.localStorage, window.sessionStorage]) {
      for (const key of Object.keys(shelves)) if (key.startsWith("draft:")) shelves.removeItem(key);
    }
  });
}
