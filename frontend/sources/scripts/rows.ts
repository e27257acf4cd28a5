// A list as rows of fields: rows are added, taken out and moved by button or by Alt and an arrow. Names follow the order.
import { announce } from "./live";
import { onFresh } from "./swaps";

const COUNTED = ["name", "id", "for", "aria-describedby"];
type Act = "up" | "down" | "remove";

class Rows {
  private readonly list: HTMLElement;

  constructor(private readonly box: HTMLElement) {
    this.list = box.querySelector<HTMLElement>("[data-rows-list]")!;
    const add = box.querySelector<HTMLButtonElement>("[data-rows-add]")!;
    add.hidden = false;
    add.addEventListener("click", () => this.begin());
    box.addEventListener("click", (event) => this.onClick(event));
    box.addEventListener("keydown", (event) => this.onKey(event));
    // What is kept of a form may have more rows than the page was made with.
    box.closest("form")?.addEventListener("face:restoring", (event) => this.makeRoom((event as CustomEvent<string[]>).detail));
    const spare = this.rows.filter((row) => isBlank(row) && !row.querySelector(".field-invalid"));
    for (const row of spare.slice(1)) row.remove();
    this.number();
  }

  private get rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(":scope > [data-row]")];
  }

  private add(): HTMLElement {
    const blank = this.box.querySelector<HTMLTemplateElement>("[data-rows-blank]")!;
    this.list.append(blank.content.cloneNode(true));
    this.number();
    return this.rows.at(-1)!;
  }

  private begin(): void {
    focusIn(this.add());
  }

  private makeRoom(names: string[]): void {
    const prefix = `${this.box.dataset.rows}-`;
    const numbers = names.filter((one) => one.startsWith(prefix)).map((one) => parseInt(one.slice(prefix.length), 10));
    const needed = Math.max(0, ...numbers.filter((one) => one >= 0 && one < 60)) + 1;
    while (numbers.length > 0 && this.rows.length < needed) this.add();
  }

  private onClick(event: Event): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-row-act]");
    const row = button?.closest<HTMLElement>("[data-row]");
    if (button && row) this.act(button.dataset.rowAct as Act, row, button);
  }

  private onKey(event: KeyboardEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.code)) return;
    event.preventDefault();
    this.act(event.code === "ArrowUp" ? "up" : "down", row, event.target as HTMLElement);
  }

  private act(act: Act, row: HTMLElement, from: HTMLElement): void {
    const beside = act === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (act === "remove") {
      const next = (row.nextElementSibling ?? row.previousElementSibling) as HTMLElement | null;
      row.remove();
      focusIn(next ?? this.add());
    } else if (beside) {
      if (act === "up") beside.before(row);
      else beside.after(row);
      from.focus();
    }
    this.number();
    const where = row.isConnected ? row : null;
    if (where) announce(where.querySelector("legend")?.textContent ?? "");
    this.list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Names, ids and what points at them, after the rows' order. */
  private number(): void {
    const name = `${this.box.dataset.rows}-`;
    const ident = `${this.box.dataset.rowsId}-`;
    this.rows.forEach((row, number) => {
      row.querySelector<HTMLElement>("[data-row-number]")!.textContent = String(number + 1);
      row.querySelector<HTMLElement>("[data-row-moves]")!.hidden = false;
      for (const element of row.querySelectorAll<HTMLElement>("[name], [id], [for]")) {
        for (const attribute of COUNTED) {
          const given = element.getAttribute(attribute);
          const start = given?.startsWith(ident) ? ident : name;
          if (!given?.startsWith(start)) continue;
          element.setAttribute(attribute, given.slice(start.length).replace(/^[^-]+/, `${start}${number}`));
        }
      }
    });
  }
}

function isBlank(row: HTMLElement): boolean {
  const typed = row.querySelectorAll<HTMLInputElement>("input:not([type=checkbox]), textarea");
  return [...typed].every((one) => one.value.trim() === "");
}

function focusIn(row: HTMLElement): void {
  row.querySelector<HTMLElement>("input, select, textarea")?.focus();
}

export function startRows(): void {
  onFresh((root) => {
    for (const box of root.querySelectorAll<HTMLElement>("[data-rows]:not([data-rows-ready])")) {
      box.dataset.rowsReady = "";
      new Rows(box);
    }
  });
}
