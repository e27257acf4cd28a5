// The session ended while somebody worked: log in inside a dialog, take the new token, go on.
import { openDialog } from "./dialogs";
import { toast } from "./live";
import { keepToken, whenSessionEnds } from "./server";
import { word } from "./words";

type AccountAnswer = { location?: string; html?: string; form?: { errors?: string[]; fields?: Record<string, { errors: string[] }> } };

function errorsOf(answer: AccountAnswer): string {
  const fields = Object.values(answer.form?.fields ?? {}).flatMap((field) => field.errors);
  return [...(answer.form?.errors ?? []), ...fields].join(" ");
}

async function freshToken(): Promise<boolean> {
  const answer = await fetch(document.body.dataset.token ?? "", { headers: { Accept: "application/json" } });
  if (!answer.ok) return false;
  const { token, logged_in: loggedIn } = (await answer.json()) as { token: string; logged_in: boolean };
  keepToken(token);
  return loggedIn;
}

export function startRelogin(): void {
  const form = document.querySelector<HTMLFormElement>("[data-relogin-form]");
  if (!form || !document.body.dataset.token) return;
  let waiting: Promise<boolean> | null = null;
  let answerAll: (loggedIn: boolean) => void = () => undefined;
  const error = form.querySelector<HTMLElement>("[data-relogin-error]")!;
  const code = form.querySelector<HTMLElement>("[data-relogin-code]")!;
  let target = form.action;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    try {
      await freshToken();
      const body = new FormData(form);
      const headers = { "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": document.body.dataset.csrf ?? "", Accept: "application/json" };
      const answer = await fetch(target, { method: "POST", body, headers });
      const said = (await answer.json()) as AccountAnswer;
      if (answer.ok && said.location?.includes("/2fa/")) {
        target = said.location;
        code.hidden = false;
        code.querySelector("input")?.focus();
        return;
      }
      if (!answer.ok || !(await freshToken())) {
        error.textContent = errorsOf(said) || word("failed");
        error.hidden = false;
        return;
      }
      target = form.action;
      form.reset();
      (form.closest("dialog") as HTMLDialogElement).close();
      toast(word("loggedIn"));
      answerAll(true);
    } catch {
      error.textContent = word("failed");
      error.hidden = false;
    }
  });
  form.closest("dialog")?.addEventListener("close", () => {
    answerAll(false);
    waiting = null;
  });
  const askAgain = (): Promise<boolean> => {
    waiting ??= new Promise((resolve) => {
      answerAll = resolve;
      openDialog("relogin");
    });
    return waiting;
  };
  whenSessionEnds(askAgain);
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr, elt } = (event as CustomEvent<{ xhr: XMLHttpRequest; elt: HTMLElement }>).detail;
    if (xhr.status === 401 && elt.id !== "counters") void askAgain();
  });
}
