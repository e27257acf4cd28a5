// The outbox: in order, one tab at a time, each record once. The key of a record is the server's Idempotency-Key, so that
// sending again after a cut, a reload or a killed server makes no second one.
import { heldKey } from "./custody";
import { LoginNeeded, NoLine, OtherPerson, Refused, ask, post } from "./line";
import { fromBytes, seal, asBytes, unseal } from "./seal";
import { sit } from "./seat";
import { type Kept, type Keys, type Sent, type Store, recount } from "./store";

export interface PaperNote {
  requirement: string;
  document_type: string;
  sha256: string;
  name: string;
  type: string;
}

export interface Body {
  person: Record<string, unknown> | null;
  phone: string;
  answers: Record<string, unknown>;
  parcel: Record<string, string>;
  is_hidden: boolean;
  acts_by?: string;
  agent?: Record<string, unknown> | null;
  power?: { number: string; on: string; until: string };
  papers: PaperNote[];
}

export type Outcome = "idle" | "sent" | "no-line" | "login" | "other" | "busy";
const LEASE = 45_000;
const LONGEST_WAIT = 5 * 60_000;

export async function sealRecord(store: Store, body: Body, files: ArrayBuffer[]): Promise<Pick<Kept, "wrapped" | "body" | "files">> {
  const keys = (await store.get("meta", "keys")) as Keys;
  const { wrapped, sealed } = await seal(keys.spki, [asBytes(body), ...files]);
  return { wrapped, body: sealed[0]!, files: sealed.slice(1) };
}

export async function openRecord(record: Kept, key: CryptoKey): Promise<{ body: Body; files: ArrayBuffer[] }> {
  const [body, ...files] = await unseal(key, record.wrapped, [record.body, ...record.files]);
  return { body: fromBytes<Body>(body!), files };
}

/** Work that only one tab does: Web Locks, and where there are none a lease that ends by itself. */
async function alone<T>(name: string, work: () => Promise<T>, busy: T): Promise<T> {
  if (navigator.locks) return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : busy));
  const shelf = `lease:${name}`;
  const own = crypto.randomUUID();
  const read = () => JSON.parse(window.localStorage.getItem(shelf) ?? "null") as { who: string; until: number } | null;
  const there = read();
  if (there && there.until > Date.now() && there.who !== own) return busy;
  const hold = () => window.localStorage.setItem(shelf, JSON.stringify({ who: own, until: Date.now() + LEASE }));
  hold();
  await new Promise((resolve) => window.setTimeout(resolve, 60 + Math.random() * 120));
  if (read()?.who !== own) return busy;
  const beat = window.setInterval(hold, LEASE / 3);
  try {
    return await work();
  } finally {
    window.clearInterval(beat);
    if (read()?.who === own) window.localStorage.removeItem(shelf);
  }
}

export class Outbox {
  constructor(
    readonly store: Store,
    readonly owner: string,
    readonly base: string,
    private readonly hours = 72,
  ) {}

  async list(): Promise<Kept[]> {
    return this.store.getAll("records");
  }

  async keep(record: Kept): Promise<void> {
    await this.store.put("records", record);
    await recount(this.store, this.owner, this.base);
  }

  /** Send what waits. `now` does not wait for the time of the next try. */
  async replay(now = false): Promise<Outcome> {
    if (!(await this.store.count("records"))) return "idle";
    return alone(`outbox-${this.owner}`, () => this.run(now), "busy");
  }

  private async run(now: boolean): Promise<Outcome> {
    const waiting = (await this.list()).filter((one) => one.status === "waiting" || one.status === "void");
    for (const one of waiting) {
      if (one.status === "waiting" && !one.late && Date.now() - Date.parse(one.takenAt) > this.hours * 3600e3) {
        await this.keep({ ...one, status: "expired" });
      }
    }
    const due = waiting.filter((one) => now || one.nextTry <= Date.now());
    if (!due.length || (!now && due[0] !== waiting[0])) return "idle";
    let key: CryptoKey;
    try {
      // Asked each time: whoever is logged in now must be the one who took them.
      ({ key } = await sit(this.store, this.owner, this.base));
    } catch (error) {
      if (error instanceof LoginNeeded) return "login";
      if (error instanceof OtherPerson) return "other";
      await this.later(due[0]!, error);
      return "no-line";
    }
    for (const one of due) {
      // Another tab may have sent, corrected or given it up since the list was read.
      const fresh = await this.store.get("records", one.key);
      if (!fresh || (fresh.status !== "waiting" && fresh.status !== "void")) continue;
      try {
        await this.send(fresh, key);
      } catch (error) {
        if (error instanceof LoginNeeded) return "login";
        if (error instanceof Refused) {
          const { sentence = "", errors = {}, alike = [] } = error.said;
          await this.keep({ ...fresh, status: "conflict", lastError: sentence, errors, alike });
          continue;
        }
        await this.later(fresh, error);
        if (error instanceof NoLine) return "no-line";
      }
    }
    return "sent";
  }

  private async send(record: Kept, key: CryptoKey): Promise<void> {
    const facts = {
      service: record.service,
      provisional: record.provisional,
      block: record.block,
      number: record.number,
      taken_at: record.takenAt,
    };
    if (record.status === "void") {
      await post(`${this.base}void`, { ...facts, reason: record.reason }, record.key);
      await this.done(record);
      return;
    }
    const { body, files } = await openRecord(record, key);
    for (const [at, note] of body.papers.entries()) {
      const form = new FormData();
      form.append("file", new Blob([files[at]!], { type: note.type }), note.name);
      form.append("sha256", note.sha256);
      const said = await ask<{ sha256: string }>(`${this.base}papers`, { method: "POST", body: form }, 180);
      note.sha256 = said.sha256;
    }
    const papers = body.papers.map(({ requirement, document_type, sha256, name }) => ({ requirement, document_type, sha256, name }));
    const said = await post<Omit<Sent, "key" | "title" | "at">>(`${this.base}send`, { ...facts, ...body, papers }, record.key);
    await this.done(record, { ...said, key: record.key, title: record.title, at: Date.now() });
  }

  private async done(record: Kept, sent?: Sent): Promise<void> {
    const work = this.store.transaction(["records", "sent"], "readwrite");
    await work.objectStore("records").delete(record.key);
    if (sent) await work.objectStore("sent").put(sent);
    await work.done;
    await recount(this.store, this.owner, this.base);
  }

  /** The next try waits twice as long, and not at the same instant as every other desk of the hall. */
  private async later(record: Kept, error: unknown): Promise<void> {
    const tries = record.tries + 1;
    const wait = Math.min(LONGEST_WAIT, 2000 * 2 ** Math.min(tries, 8)) * (0.5 + Math.random());
    const lastError = error instanceof NoLine ? "" : String(error);
    await this.keep({ ...record, tries, nextTry: Date.now() + wait, lastError });
  }

  /** Send by itself: at once, when the line is back, and every thirty seconds. */
  watch(told: (outcome: Outcome) => void): void {
    const go = (now: boolean) => void this.replay(now).then(told, () => told("no-line"));
    window.addEventListener("online", () => go(true));
    window.setInterval(() => go(false), 30_000);
    go(true);
  }

  async key(): Promise<CryptoKey | null> {
    return heldKey(this.owner);
  }
}
