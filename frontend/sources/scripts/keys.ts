// Shortcuts by the key's place on the keyboard (event.code), so that they work with the Arabic layout too.
// Single keys can be switched off (WCAG 2.1.4) and never fire while somebody types.
import { openDialog } from "./dialogs";
import { openPalette } from "./palette";

const OFF = "shortcuts-off";
let leader = 0;

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return !!element?.closest("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");
}

function singleKeysOff(): boolean {
  return window.localStorage.getItem(OFF) === "1";
}

function go(selector: string): boolean {
  const link = document.querySelector<HTMLElement>(selector);
  link?.click();
  return !!link;
}

function moveRow(step: number): boolean {
  const links = [...document.querySelectorAll<HTMLElement>("main .table tbody a.row-link, main .hits a.hit")];
  if (!links.length) return false;
  const at = links.indexOf(document.activeElement as HTMLElement);
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
  return true;
}

function submitForm(): boolean {
  const inside = document.activeElement?.closest("form");
  const form = inside ?? document.querySelector<HTMLFormElement>("main form[method=post]");
  if (!form) return false;
  form.requestSubmit();
  return true;
}

function withControl(event: KeyboardEvent): boolean {
  if (event.code === "KeyK") return openPalette();
  if (event.code === "KeyS") return submitForm();
  if (event.code === "Enter") return isTyping(event.target) && submitForm();
  return false;
}

function afterLeader(code: string): boolean {
  const places: Record<string, string> = { KeyH: "home", KeyP: "people", KeyN: "notices", KeyS: "settings" };
  const place = places[code];
  return !!place && go(`[data-go="${place}"]`);
}

function alone(event: KeyboardEvent): boolean {
  if (leader && Date.now() - leader < 1500) {
    leader = 0;
    return afterLeader(event.code);
  }
  switch (event.code) {
    case "KeyG":
      leader = Date.now();
      return true;
    case "KeyJ":
      return moveRow(1);
    case "KeyK":
      return moveRow(-1);
    case "Slash":
      if (event.shiftKey) return !!openDialog("shortcuts");
      document.getElementById("onebox")?.focus();
      return true;
    default:
      if (event.key !== "?" && event.key !== "؟") return false;
      return !!openDialog("shortcuts");
  }
}

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || !event.code) return;
    let done = false;
    if ((event.ctrlKey || event.metaKey) && !event.altKey) done = withControl(event);
    else if (event.altKey && !event.ctrlKey) done = event.code === "KeyN" && (go("main .actions .btn-main") || go("main [data-main-action]"));
    else if (!isTyping(event.target) && !singleKeysOff() && !document.querySelector("dialog[open]")) done = alone(event);
    if (done) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("[data-shortcuts]")) openDialog("shortcuts");
  });
  const off = document.querySelector<HTMLInputElement>("[data-shortcuts-off]");
  if (off) {
    off.checked = singleKeysOff();
    off.addEventListener("change", () => window.localStorage.setItem(OFF, off.checked ? "1" : "0"));
  }
}
