// Talking to the server over a line that comes and goes.
export class NoLine extends Error {}
export class LoginNeeded extends Error {}
export class OtherPerson extends Error {}

/** The server is there and says no: its status and what it said. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly said: { code?: string; sentence?: string; errors?: Record<string, string[]>; alike?: { uid: string; name: string; id_number: string }[] },
  ) {
    super(said.sentence ?? String(status));
  }
}

let token = "";

async function freshToken(seconds: number): Promise<void> {
  const answer = await bare(document.body.dataset.token ?? "", { headers: { Accept: "application/json" } }, seconds);
  if (!answer.ok) throw new NoLine();
  token = ((await answer.json()) as { token: string }).token;
}

async function bare(url: string, options: RequestInit, seconds: number): Promise<Response> {
  const clock = new AbortController();
  const ring = window.setTimeout(() => clock.abort(), seconds * 1000);
  try {
    return await fetch(url, { ...options, credentials: "same-origin", redirect: "error", cache: "no-store", signal: clock.signal });
  } catch {
    throw new NoLine();
  } finally {
    window.clearTimeout(ring);
  }
}

/** JSON of our own server. Throws `NoLine`, `LoginNeeded` or `Refused`; whatever a proxy says instead is no line. */
export async function ask<T>(url: string, options: RequestInit = {}, seconds = 30): Promise<T> {
  const writes = options.method === "POST";
  if (writes && !token) await freshToken(Math.min(seconds, 15));
  const send = () => {
    const headers = new Headers(options.headers);
    headers.set("Accept", "application/json");
    if (writes) headers.set("X-CSRFToken", token);
    return bare(url, { ...options, headers }, seconds);
  };
  let answer = await send();
  if (answer.status === 403 && writes) {
    // A login in another tab gave out another token: take it and try once more.
    await freshToken(15);
    answer = await send();
  }
  if (answer.status === 401) throw new LoginNeeded();
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new NoLine();
  let said: unknown;
  try {
    said = await answer.json();
  } catch {
    throw new NoLine();
  }
  if (!answer.ok) throw new Refused(answer.status, said as Refused["said"]);
  return said as T;
}

export function post<T>(url: string, body: unknown, key = "", seconds = 30): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (key) headers["Idempotency-Key"] = key;
  return ask<T>(url, { method: "POST", body: JSON.stringify(body), headers }, seconds);
}
