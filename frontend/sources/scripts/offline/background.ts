// On every page of whoever may take requests: be ready before the line is cut, send when it is back, purge at logout.
import { keepAwake } from "./custody";
import { Outbox, type Outcome } from "./outbox";
import { hireWorker, leave, remember, sit } from "./seat";
import { keepMark, mark, numbersLeft, openStore } from "./store";

const READY_FOR = 30 * 60_000;

export async function start(owner: string, base: string, told: (outcome: Outcome) => void): Promise<void> {
  if (!window.isSecureContext || !window.indexedDB || !crypto.subtle) return;
  keepMark({ owner, base });
  keepAwake();
  const store = await openStore(owner);
  await hireWorker(base).catch(() => undefined);
  const recently = Date.now() - (mark()?.sat ?? 0) < READY_FOR;
  if (!recently || !(await numbersLeft(store))) {
    try {
      await sit(store, owner, base);
      await remember(store, base);
      await navigator.storage?.persist?.();
    } catch {
      // No line, or nobody logged in: what was made ready before still serves.
    }
  }
  new Outbox(store, owner, base).watch(told);
}

/** Before logging out; true when sealed work of others stays on this computer. */
export async function purge(owner: string, base: string): Promise<boolean> {
  return leave(await openStore(owner), owner, base);
}
