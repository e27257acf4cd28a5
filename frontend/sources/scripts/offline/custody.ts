// The opened key lives in memory alone: in the pages, and in the service worker, so that a page that is loaded anew
// without a line has it again. It is never written down; when the browser ends, the server's secret is needed anew.
const EVERY = 20_000;
let held: { owner: string; key: CryptoKey } | null = null;

function worker(): ServiceWorker | null {
  return navigator.serviceWorker?.controller ?? null;
}

export function holdKey(owner: string, key: CryptoKey): void {
  held = { owner, key };
  worker()?.postMessage({ say: "hold", owner, key });
}

export async function heldKey(owner: string): Promise<CryptoKey | null> {
  if (held?.owner === owner) return held.key;
  const there = worker();
  if (!there) return null;
  const key = await new Promise<CryptoKey | null>((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event) => resolve((event.data as CryptoKey | null) ?? null);
    window.setTimeout(() => resolve(null), 1500);
    there.postMessage({ say: "ask", owner }, [channel.port2]);
  });
  if (key) held = { owner, key };
  return key;
}

export function dropKey(): void {
  held = null;
  worker()?.postMessage({ say: "drop" });
}

/** The worker is put to sleep when nobody speaks to it, and forgets. */
export function keepAwake(): void {
  window.setInterval(() => {
    if (held) worker()?.postMessage({ say: "hold", ...held });
  }, EVERY);
  navigator.serviceWorker?.addEventListener("controllerchange", () => {
    if (held) holdKey(held.owner, held.key);
  });
}
