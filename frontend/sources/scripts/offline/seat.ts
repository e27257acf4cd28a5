// Sitting down while there is a line: numbers to print, the key to one's own store, persons served lately, the worker.
import { holdKey } from "./custody";
import { OtherPerson, ask, post } from "./line";
import { asBytes, makeKeys, openKey, seal } from "./seal";
import { type Block, type Keys, type Store, computer, forget, keepMark, owners } from "./store";

export interface Stopped {
  provisional: string;
  reason: string;
  url: string;
}

interface SeatAnswer {
  owner: string;
  name: string;
  secret: string;
  blocks: Block[];
  stopped: Stopped[];
}

async function told(store: Store, leaving: boolean): Promise<object> {
  const blocks = ((await store.get("meta", "blocks")) ?? []) as Block[];
  const printed = Object.fromEntries(blocks.map((one) => [one.uid, one.printed_to]));
  return { store: computer(), printed, waiting: await store.count("records"), leaving };
}

/** Who is logged in here, before anything of theirs is opened. A line that is silent must not keep a clerk waiting. */
export async function whoSits(base: string, seconds: number): Promise<string> {
  const said = await post<SeatAnswer>(`${base}seat`, { asking: true }, "", seconds);
  return said.owner;
}

/** Take a seat: the opened key. Throws `OtherPerson` when somebody else is logged in. */
export async function sit(store: Store, owner: string, base: string): Promise<{ key: CryptoKey; stopped: Stopped[] }> {
  const said = await post<SeatAnswer>(`${base}seat`, await told(store, false));
  if (said.owner !== owner) throw new OtherPerson();
  let keys = (await store.get("meta", "keys")) as Keys | undefined;
  if (!keys) {
    keys = await makeKeys(said.secret);
    await store.put("meta", keys, "keys");
  }
  const key = await openKey(keys, said.secret);
  holdKey(owner, key);
  await keepBlocks(store, said.blocks);
  await store.put("meta", said.name, "name");
  keepMark({ owner, base, sat: Date.now() });
  return { key, stopped: said.stopped };
}

/** What is printed here counts, whatever the server heard of it. */
async function keepBlocks(store: Store, given: Block[]): Promise<void> {
  const work = store.transaction("meta", "readwrite");
  const before = new Map((((await work.store.get("blocks")) ?? []) as Block[]).map((one) => [one.uid, one]));
  const blocks = given.map((one) => ({ ...one, printed_to: Math.max(one.printed_to, before.get(one.uid)?.printed_to ?? 0) }));
  await work.store.put(blocks, "blocks");
  await work.done;
}

/** Persons served lately, sealed at once. */
export async function remember(store: Store, base: string): Promise<void> {
  const keys = (await store.get("meta", "keys")) as Keys | undefined;
  if (!keys) return;
  const { persons } = await ask<{ persons: unknown[] }>(`${base}persons`);
  const { wrapped, sealed } = await seal(keys.spki, [asBytes(persons)]);
  await store.put("meta", { wrapped, sealed }, "persons");
}

export async function hireWorker(base: string): Promise<void> {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(`${base}worker.js`, { scope: "/", updateViaCache: "all" });
}

/** Log out: numbers are given back, and nothing of this person stays. True when others' sealed work is left. */
export async function leave(store: Store, owner: string, base: string): Promise<boolean> {
  await post(`${base}seat`, await told(store, true)).catch(() => undefined);
  store.close();
  await forget(owner);
  for (const name of await window.caches.keys()) await window.caches.delete(name);
  for (const one of (await navigator.serviceWorker?.getRegistrations()) ?? []) {
    one.active?.postMessage({ say: "drop" });
    await one.unregister();
  }
  return owners().length > 0;
}
