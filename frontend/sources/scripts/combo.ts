// Choosing a person while typing. The list comes from the server; the hidden input holds the choice.
import Combobox from "@github/combobox-nav";
import { announce } from "./live";
import { ask } from "./server";
import { onFresh } from "./swaps";
import { word } from "./words";

function start(root: HTMLElement): void {
  const input = root.querySelector<HTMLInputElement>("input[role=combobox]");
  const value = root.querySelector<HTMLInputElement>("[data-combo-value]");
  const list = root.querySelector<HTMLElement>("[role=listbox]");
  if (!input || !value || !list) return;
  const box = new Combobox(input, list, { firstOptionSelectionMode: "selected" });
  let timer = 0;
  let turn = 0;
  const close = () => {
    list.hidden = true;
    box.stop();
    input.setAttribute("aria-expanded", "false");
  };
  const look = async () => {
    const mine = ++turn;
    const text = input.value.trim();
    if (text.length < 2) return close();
    const answer = await ask(`${root.dataset.combo}?q=${encodeURIComponent(text)}`, { headers: { Accept: "text/html" } });
    if (!answer.ok || mine !== turn) return;
    list.innerHTML = await answer.text();
    const options = list.querySelectorAll("[role=option]").length;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    box.start();
    announce(word("results", { count: options }));
  };
  input.addEventListener("input", () => {
    // An ID number typed whole is a choice in itself; anything else must be chosen from the list.
    value.value = input.value.trim();
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void look(), 200);
  });
  list.addEventListener("combobox-commit", (event) => {
    const option = (event.target as HTMLElement).closest<HTMLElement>("[role=option]");
    if (!option) return;
    value.value = option.dataset.value ?? "";
    input.value = option.dataset.text ?? option.textContent?.trim() ?? "";
    close();
    value.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("blur", () => window.setTimeout(close, 200));
}

export function startCombos(): void {
  onFresh((root) => {
    for (const combo of root.querySelectorAll<HTMLElement>("[data-combo]:not([data-combo-ready])")) {
      combo.dataset.comboReady = "";
      start(combo);
    }
  });
}
