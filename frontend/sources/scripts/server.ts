// Talking to our own server: the CSRF token goes along, an ended session opens the login dialog and tries again.
export class NoConnection extends Error {}

type LoginAgain = () => Promise<boolean>;
let loginAgain: LoginAgain = async () => false;

export function whenSessionEnds(ask: LoginAgain): void {
  loginAgain = ask;
}

export function csrfToken(): string {
  return document.body.dataset.csrf ?? "";
}

export function keepToken(token: string): void {
  document.body.dataset.csrf = token;
  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) input.value = token;
}

export async function ask(url: string, options: RequestInit = {}, patient = true): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set("X-CSRFToken", csrfToken());
  if (!headers.has("Accept")) headers.set("Accept", "application/json");
  let answer: Response;
  try {
    answer = await fetch(url, { ...options, headers, credentials: "same-origin" });
  } catch {
    throw new NoConnection();
  }
  if (answer.status === 401 && patient && (await loginAgain())) return ask(url, options, false);
  return answer;
}
