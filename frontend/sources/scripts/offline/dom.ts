// Elements in a line, and the page's translated words.
type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | boolean | number | EventListener | undefined>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((one): one is Node | string => one !== null && one !== undefined && one !== false));
  return made;
}

const source = document.getElementById("words");

export function say(name: string, facts: Record<string, string | number> = {}): string {
  const text = source?.dataset[name] ?? "";
  return text.replace(/%\((\w+)\)s/g, (_all, fact: string) => String(facts[fact] ?? ""));
}

const sprite = document.body.dataset.icons ?? "";

export function icon(name: string): SVGSVGElement {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  drawn.append(use);
  return drawn;
}

export const ltr = (text: string): HTMLElement => h("bdi", { class: "ltr", dir: "ltr" }, text);

export function plain(text: string): string {
  return text
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .trim();
}

export function moment(iso: string): string {
  const at = new Date(iso);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function day(iso: string): string {
  return iso.split("-").reverse().join("/");
}
