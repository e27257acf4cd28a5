// The questions of a service as form fields, from the catalogue that lies on this computer. The server judges again.
import { h, icon, plain, say } from "./dom";
import { type Facts, type Rule, holds } from "./judge";

export interface Question {
  code: string;
  kind: string;
  label: string;
  required?: boolean;
  help?: string;
  min?: string;
  max?: string;
  choices?: [string, string][];
  prefill?: string;
  section?: string;
  shown_if?: Rule;
  columns?: Question[];
}
export interface Part {
  code: string;
  title: string;
  help?: string;
  shown_if?: Rule;
}
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
const RADIO_UP_TO = 4;
const SPARE_ROWS = 2;
const MOST_ROWS = 40;

/** A field under its label, as every page of the house draws it. */
export function field(id: string, label: string, control: HTMLElement, { required = false, help = "", short = false, error = "" } = {}): HTMLElement {
  const about = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  control.id = id;
  if (about) control.setAttribute("aria-describedby", about);
  if (error) control.setAttribute("aria-invalid", "true");
  if (required) control.setAttribute("aria-required", "true");
  return h(
    "div",
    { class: `field${short ? " field-short" : ""}${error ? " field-invalid" : ""}` },
    h("label", { class: "field-label", for: id }, label, !required && h("span", { class: "field-optional" }, ` ${say("optional")}`)),
    help && h("div", { class: "field-hint", id: `${id}-help` }, help),
    error && faultLine(error, `${id}-error`),
    control,
  );
}

export function faultLine(text: string, id = ""): HTMLElement {
  return h("div", { class: "field-error", id: id || undefined }, icon("alert-circle"), h("span", {}, text));
}

export function textInput(name: string, value = "", more: Record<string, string> = {}): HTMLInputElement {
  const made = h("input", { class: "form-control", type: "text", name, autocomplete: "off", dir: "auto", ...more });
  made.value = value;
  return made;
}

const CODE = { dir: "ltr", inputmode: "numeric" };

function control(one: Question, name: string, value: unknown): HTMLElement {
  const text = typeof value === "string" ? value : "";
  switch (one.kind) {
    case "longtext": {
      const made = h("textarea", { class: "form-control", name, rows: 4, dir: "auto" });
      made.value = text;
      return made;
    }
    case "choice": {
      const made = h("select", { class: "form-select", name }, h("option", { value: "" }, "—"), ...(one.choices ?? []).map(([code, label]) => h("option", { value: code }, label)));
      made.value = text;
      return made;
    }
    case "date":
      return textInput(name, text.includes("-") ? text.split("-").reverse().join("/") : text, { ...CODE, placeholder: say("datePattern") });
    case "number":
    case "money":
      return textInput(name, text, { dir: "ltr", inputmode: "decimal" });
    case "phone":
      return textInput(name, text, { dir: "ltr", inputmode: "tel" });
    case "id_number":
      return textInput(name, text, { ...CODE, maxlength: "20" });
    default:
      return textInput(name, text, one.max ? { maxlength: one.max } : {});
  }
}

function choices(one: Question, name: string, value: unknown, error: string): HTMLElement {
  return h(
    "fieldset",
    { class: `field group${error ? " field-invalid" : ""}` },
    h("legend", { class: "field-label" }, one.label, !one.required && h("span", { class: "field-optional" }, ` ${say("optional")}`)),
    one.help && h("div", { class: "field-hint" }, one.help),
    error && faultLine(error),
    h(
      "div",
      { class: "choices" },
      ...(one.choices ?? []).map(([code, label]) =>
        h("label", { class: "choice" }, h("input", { class: "form-check-input", type: "radio", name, value: code, checked: value === code }), h("span", {}, label)),
      ),
    ),
  );
}

function tick(one: Question, name: string, value: unknown): HTMLElement {
  const box = h("input", { class: "form-check-input", type: "checkbox", name, checked: value === true || value === "true" });
  return h("div", { class: "field" }, h("label", { class: "choice" }, box, h("span", {}, one.label, one.help && h("span", { class: "field-hint d-block" }, one.help))));
}

function table(one: Question, name: string, value: unknown, error: string): HTMLElement {
  const rows = Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
  const most = Math.min(Number(one.max) || MOST_ROWS, MOST_ROWS);
  const columns = one.columns ?? [];
  const body = h("tbody");
  const add = (row: Record<string, unknown> = {}) => {
    const at = body.rows.length;
    body.append(
      h(
        "tr",
        {},
        ...columns.map((column) => {
          const cell = column.kind === "bool" ? h("input", { class: "form-check-input", type: "checkbox", checked: row[column.code] === true }) : control(column, "", row[column.code]);
          cell.setAttribute("name", `${name}-${at}-${column.code}`);
          cell.setAttribute("aria-label", say("cell", { column: column.label, row: at + 1 }));
          return h("td", { "data-label": column.label }, cell);
        }),
      ),
    );
  };
  for (let at = 0; at < Math.min(rows.length + SPARE_ROWS, most); at++) add(rows[at]);
  const more = h("button", { class: "btn btn-quiet btn-sm", type: "button", click: () => body.rows.length < most && add() }, icon("plus"), say("addRow"));
  return h(
    "fieldset",
    { class: `field group wide${error ? " field-invalid" : ""}` },
    h("legend", { class: "field-label" }, one.label),
    error && faultLine(error),
    h("div", { class: "table-wrap" }, h("table", { class: "table table-cards" }, h("thead", {}, h("tr", {}, ...columns.map((column) => h("th", { scope: "col" }, column.label)))), body)),
    more,
  );
}

export function drawQuestion(one: Question, value: unknown, error: string): HTMLElement {
  const name = `answers-${one.code}`;
  if (one.kind === "bool") return tick(one, name, value);
  if (one.kind === "table") return table(one, name, value, error);
  if (one.kind === "choice" && (one.choices ?? []).length <= RADIO_UP_TO) return choices(one, name, value, error);
  return field(name, one.label, control(one, name, value), {
    required: one.required,
    help: one.help,
    short: ["date", "number", "money", "phone", "id_number"].includes(one.kind),
    error,
  });
}

function read(form: HTMLFormElement, one: Question, name: string): unknown {
  if (one.kind === "bool") return (form.elements.namedItem(name) as HTMLInputElement | null)?.checked ?? false;
  const found = form.elements.namedItem(name);
  const text = found instanceof RadioNodeList ? found.value : ((found as Control | null)?.value ?? "");
  return one.kind === "longtext" ? text.trim() : plain(text);
}

/** What was typed, of the questions that stand there. */
export function readAnswers(form: HTMLFormElement, questions: Question[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const one of questions) {
    if (one.kind !== "table") {
      const answer = read(form, one, `answers-${one.code}`);
      if (answer !== "") found[one.code] = answer;
      continue;
    }
    const rows: Record<string, unknown>[] = [];
    for (let at = 0; at < MOST_ROWS && form.querySelector(`[name^="answers-${one.code}-${at}-"]`); at++) {
      const row = Object.fromEntries((one.columns ?? []).map((column) => [column.code, read(form, column, `answers-${one.code}-${at}-${column.code}`)]));
      if (Object.values(row).some((cell) => cell !== "" && cell !== false)) rows.push(row);
    }
    if (rows.length) found[one.code] = rows;
  }
  return found;
}

export function isoDate(text: string): string {
  const parts = /^(\d{1,2})[\s./-](\d{1,2})[\s./-](\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  if (!parts) return "";
  const [, day, month, year] = parts.map(Number) as [number, number, number, number];
  const made = new Date(Date.UTC(year, month - 1, day));
  return made.getUTCDate() === day && made.getUTCMonth() === month - 1 ? made.toISOString().slice(0, 10) : "";
}

/** Answers as rules read them: an empty text is a text, an empty number is not known. */
export function factsOf(questions: Question[], answers: Record<string, unknown>, about: Facts): Facts {
  const facts: Facts = { ...about };
  for (const one of questions) {
    const answer = answers[one.code];
    if (one.kind === "bool") facts[one.code] = answer === true;
    else if (one.kind === "table") facts[one.code] = answer ?? [];
    else if (one.kind === "number" || one.kind === "money") facts[one.code] = answer === undefined ? null : Number(answer);
    else if (one.kind === "date") facts[one.code] = isoDate(String(answer ?? "")) || null;
    else facts[one.code] = answer ?? "";
  }
  return facts;
}

/** Each question with whether it is asked: true, false, or null where that cannot be known here. */
export function asked(questions: Question[], parts: Part[], facts: Facts): [Question, boolean | null][] {
  const heads = new Map(parts.map((one) => [one.code, holds(one.shown_if, facts)]));
  const own = { ...facts };
  return questions.map((one) => {
    const above = one.section ? (heads.get(one.section) ?? true) : true;
    const self = holds(one.shown_if, own);
    const shown = above === false || self === false ? false : above === null || self === null ? null : true;
    if (shown === false) own[one.code] = one.kind === "bool" ? false : one.kind === "table" ? [] : ["number", "money", "date"].includes(one.kind) ? null : "";
    return [one, shown];
  });
}

/** What is wrong with an answer, in a sentence; empty when nothing is, as far as can be told here. */
export function faultOf(one: Question, answer: unknown, needed: boolean): string {
  const empty = answer === undefined || answer === "" || (Array.isArray(answer) && !answer.length);
  if (empty) return needed && one.required && one.kind !== "bool" ? say("needed") : "";
  if (one.kind === "table") return Number(one.min) > (answer as unknown[]).length ? say("tooFewRows", { limit: one.min! }) : "";
  if (one.kind === "bool" || one.kind === "choice") return "";
  const text = String(answer);
  if (one.kind === "number" || one.kind === "money") {
    const number = Number(text.replace("٫", ".").replace(/[٬,]/g, ""));
    if (!Number.isFinite(number)) return say("notNumber");
    if (one.min && number < Number(one.min)) return say("tooSmall", { limit: one.min });
    if (one.max && number > Number(one.max)) return say("tooLarge", { limit: one.max });
    return "";
  }
  if (one.kind === "date") return isoDate(text) ? "" : say("notDate");
  if (one.kind === "id_number") return /^\d{1,9}$/.test(text) ? "" : say("notId");
  if (one.kind === "phone") return /^\+?[\d\s\-()]{7,18}$/.test(text) ? "" : say("notPhone");
  return one.max && text.length > Number(one.max) ? say("tooLong", { limit: one.max }) : "";
}

/** The check digit of a Palestinian ID number: a wrong one warns, and never stops. */
export function checkDigitFits(number: string): boolean {
  if (!/^\d{9}$/.test(number)) return true;
  const sum = [...number].reduce((all, digit, at) => {
    const product = Number(digit) * (at % 2 ? 2 : 1);
    return all + (product > 9 ? product - 9 : product);
  }, 0);
  return sum % 10 === 0;
}
