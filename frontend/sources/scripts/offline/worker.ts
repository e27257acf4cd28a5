// The service worker: keeps the shell of the offline desk and the catalogue, and answers with the shell where the line is
// cut. It keeps no page with personal data; the list of what it keeps stands before this text (`self.KEPT`).
interface Kept {
  version: string;
  shell: string;
  pack: string;
  files: string[];
}
interface Later extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Later {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  KEPT: Kept;
  location: Location;
  addEventListener(name: "install" | "activate", heard: (event: Later) => void): void;
  addEventListener(name: "fetch", heard: (event: Fetching) => void): void;
  addEventListener(name: "message", heard: (event: MessageEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const scope = self as unknown as Scope;
const { version, shell, pack, files } = scope.KEPT;
const NAME = `offline-${version}`;
const STATIC = "/static/";
let held: { owner: string; key: unknown } | null = null;

async function keepAll(): Promise<void> {
  const kept = await caches.open(NAME);
  for (const url of [...files, pack]) {
    const answer = await fetch(url, { credentials: "same-origin", cache: url.startsWith(STATIC) ? "default" : "no-cache" });
    // A login page instead of the shell must never be kept.
    if (!answer.ok || answer.redirected) throw new Error(url);
    await kept.put(url, answer);
  }
}

async function dropOld(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("offline-") && name !== NAME) await caches.delete(name);
}

async function fromShelf(url: string): Promise<Response> {
  const found = await (await caches.open(NAME)).match(url);
  return found ?? Response.error();
}

/** A router may be there and the line behind it dead: then nothing fails, and nothing comes. */
function inTime(request: Request, seconds: number): Promise<Response> {
  return Promise.race([fetch(request), new Promise<never>((_resolve, reject) => setTimeout(reject, seconds * 1000))]);
}

/** The server first, the shell where it cannot be reached or is silent. A 502 or 504 is a proxy that says the same. */
async function visit(request: Request, seconds: number): Promise<Response> {
  try {
    const answer = await inTime(request, seconds);
    return answer.status === 502 || answer.status === 504 ? await fromShelf(shell) : answer;
  } catch {
    return fromShelf(shell);
  }
}

async function askPack(request: Request): Promise<Response> {
  try {
    const answer = await inTime(request, 5);
    if (answer.ok && !answer.redirected) await (await caches.open(NAME)).put(pack, answer.clone());
    return answer.status >= 500 ? await fromShelf(pack) : answer;
  } catch {
    return fromShelf(pack);
  }
}

async function askFile(request: Request): Promise<Response> {
  const found = await (await caches.open(NAME)).match(request);
  return found ?? fetch(request);
}

scope.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => scope.skipWaiting())));
scope.addEventListener("activate", (event) => event.waitUntil(dropOld().then(() => scope.clients.claim())));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(request, url.pathname === shell ? 5 : 30));
  else if (url.pathname === pack) event.respondWith(askPack(request));
  else if (files.includes(url.pathname + url.search)) event.respondWith(askFile(request));
});
scope.addEventListener("message", (event) => {
  const said = event.data as { say: string; owner: string; key: unknown };
  if (said.say === "hold") held = { owner: said.owner, key: said.key };
  if (said.say === "drop") held = null;
  if (said.say === "ask") event.ports[0]?.postMessage(held?.owner === said.owner ? held.key : null);
});
