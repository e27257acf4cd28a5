// What a cut-off computer keeps: one database for each person. Payloads are sealed; what a list needs is in the clear.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

export type Bytes = Uint8Array<ArrayBuffer>;
export type Sealed = { iv: Bytes; data: ArrayBuffer };
export type Status = "waiting" | "conflict" | "expired" | "void";
export type Alike = { uid: string; name: string; id_number: string; whose?: string };

export interface Kept {
  key: string;
  service: string;
  title: string;
  provisional: string;
  block: string | null;
  number: number | null;
  takenAt: string;
  status: Status;
  tries: number;
  nextTry: number;
  lastError: string;
  errors: Record<string, string[]>;
  alike: Alike[];
  reason: string;
  late: boolean;
  wrapped: ArrayBuffer;
  body: Sealed;
  files: Sealed[];
}

export interface Sent {
  key: string;
  provisional: string;
  title: string;
  outcome: "accepted" | "stopped";
  number: string;
  promised_on: string;
  sentences: string[];
  url: string;
  at: number;
}

export interface Block {
  uid: string;
  first: number;
  last: number;
  printed_to: number;
  label: string;
  day: string;
}

export interface Keys {
  spki: ArrayBuffer;
  wrapped: Sealed;
}

interface Shape extends DBSchema {
  records: { key: string; value: Kept };
  sent: { key: string; value: Sent };
  meta: { key: string; value: unknown };
}

export type Store = IDBPDatabase<Shape>;

const NAME = "offline-desk-";
const MARK = "offline-desk";
const OWNERS = "offline-owners";
const COMPUTER = "offline-computer";

export interface Mark {
  owner: string;
  base: string;
  waiting: number;
  conflicts: number;
  sat: number;
}

export function mark(): Mark | null {
  try {
    return JSON.parse(window.localStorage.getItem(MARK) ?? "null") as Mark | null;
  } catch {
    return null;
  }
}

/** Who works on this computer now, and how much waits: all that the badge of every page needs. */
export function keepMark(change: Partial<Mark> & { owner: string; base: string }): Mark {
  const before = mark();
  const same = before?.owner === change.owner ? before : null;
  const now = { waiting: 0, conflicts: 0, sat: 0, ...same, ...change };
  window.localStorage.setItem(MARK, JSON.stringify(now));
  const known = owners();
  if (!known.includes(now.owner)) window.localStorage.setItem(OWNERS, JSON.stringify([...known, now.owner]));
  window.dispatchEvent(new CustomEvent("outbox:changed"));
  return now;
}

export function owners(): string[] {
  try {
    return JSON.parse(window.localStorage.getItem(OWNERS) ?? "[]") as string[];
  } catch {
    return [];
  }
}

export function computer(): string {
  let found = window.localStorage.getItem(COMPUTER);
  if (!found) {
    found = crypto.randomUUID();
    window.localStorage.setItem(COMPUTER, found);
  }
  return found;
}

export async function openStore(owner: string): Promise<Store> {
  const store = await openDB<Shape>(NAME + owner, 1, {
    upgrade(made) {
      made.createObjectStore("records", { keyPath: "key" });
      made.createObjectStore("sent", { keyPath: "key" });
      made.createObjectStore("meta");
    },
    // Another tab logs out: what is purged there must not be held here.
    blocking: () => store.close(),
  });
  return store;
}

export async function forget(owner: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME + owner);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve();
  });
  const left = owners().filter((one) => one !== owner);
  window.localStorage.removeItem(MARK);
  if (left.length) window.localStorage.setItem(OWNERS, JSON.stringify(left));
  else for (const name of [OWNERS, COMPUTER]) window.localStorage.removeItem(name);
}

/** A UUID of version 7: in the order of time, and the Idempotency-Key of the form that it was made for. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let at = 5; at >= 0; at--) {
    bytes[at] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The next provisional number of the reserved blocks; null when they are used up. Two tabs never get the same. */
export async function takeNumber(store: Store): Promise<{ block: string; number: number; label: string } | null> {
  const work = store.transaction("meta", "readwrite");
  const blocks = ((await work.store.get("blocks")) ?? []) as Block[];
  const block = blocks.find((one) => one.printed_to < one.last);
  if (block) {
    block.printed_to = Math.max(block.printed_to, block.first - 1) + 1;
    await work.store.put(blocks, "blocks");
  }
  await work.done;
  return block ? { block: block.uid, number: block.printed_to, label: block.label + String(block.printed_to).padStart(4, "0") } : null;
}

export async function numbersLeft(store: Store): Promise<number> {
  const blocks = ((await store.get("meta", "blocks")) ?? []) as Block[];
  return blocks.reduce((sum, one) => sum + one.last - Math.max(one.printed_to, one.first - 1), 0);
}

/** Count anew what waits, and tell every page. */
export async function recount(store: Store, owner: string, base: string): Promise<void> {
  const all = await store.getAll("records");
  const conflicts = all.filter((one) => one.status === "conflict" || one.status === "expired").length;
  keepMark({ owner, base, waiting: all.length - conflicts, conflicts });
}
