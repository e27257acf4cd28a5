// Ctrl+K: the one box in a dialog. Results come from the server, already filtered by what the reader may see.
import Combobox from "@github/combobox-nav";
import { openDialog } from "./dialogs";
import { announce } from "./live";
import { word } from "./words";

export function openPalette(): boolean {
  const dialog = openDialog("palette");
  const input = dialog?.querySelector<HTMLInputElement>("input[type=search]");
  if (!input) return false;
  input.select();
  input.dispatchEvent(new Event("palette-open"));
  return true;
}

export function startPalette(): void {
  const dialog = document.getElementById("palette");
  const input = dialog?.querySelector<HTMLInputElement>("input[type=search]");
  const results = document.getElementById("palette-results");
  if (!(dialog instanceof HTMLDialogElement) || !input || !results) return;
  let box: Combobox | null = null;
  const bind = () => {
    box?.destroy();
    const list = results.querySelector<HTMLElement>("[role=listbox]");
    if (!list) return;
    list.id = "palette-hits";
    box = new Combobox(input, list, { firstOptionSelectionMode: "selected" });
    box.start();
    announce(word("results", { count: list.querySelectorAll("[role=option]").length }));
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    if ((event as CustomEvent<{ target: HTMLElement }>).detail.target === results) bind();
  });
  results.addEventListener("combobox-commit", (event) => {
    const option = event.target as HTMLElement;
    const link = option.closest<HTMLAnchorElement>("a") ?? option.querySelector<HTMLAnchorElement>("a");
    if (link) window.location.assign(link.href);
  });
  dialog.addEventListener("close", () => {
    box?.destroy();
    box = null;
  });
}
