// A form is sent once; leaving with something unsaved is asked about.
import { onFresh } from "./swaps";
import { word } from "./words";

const dirty = new Set<HTMLFormElement>();

export function markClean(form: HTMLFormElement): void {
  dirty.delete(form);
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll<HTMLButtonElement>("button[data-was]")) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("data-was");
  }
}

function sendOnce(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter as HTMLButtonElement | null;
    if (button) {
      button.setAttribute("aria-disabled", "true");
      button.dataset.was = "1";
      button.title = word("sending");
    }
    dirty.delete(form);
    // The server answers within this time or the person may try again; the submission key keeps it one record.
    window.setTimeout(() => release(form), 15000);
  });
}

export function startForms(): void {
  onFresh((root) => {
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-once]:not([data-once-ready])")) {
      form.dataset.onceReady = "";
      sendOnce(form);
    }
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-guard]:not([data-guard-ready])")) {
      form.dataset.guardReady = "";
      form.addEventListener("input", () => dirty.add(form));
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) release(form);
  });
}
