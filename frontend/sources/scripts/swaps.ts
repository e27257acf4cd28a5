// htmx in its strict form: no eval, our own host only, invalid forms (422) and refusals are swapped in like answers.
import htmx from "htmx.org";
import { announce, toast } from "./live";
import { csrfToken } from "./server";
import { word } from "./words";

type Detail = { headers: Record<string, string>; elt: HTMLElement; target: HTMLElement; xhr: XMLHttpRequest };

export function startHtmx(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    selfRequestsOnly: true,
    includeIndicatorStyles: false,
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    scrollBehavior: "auto",
    responseHandling: [
      { code: "204", swap: false },
      { code: "401", swap: false, error: true },
      { code: "[2345]..", swap: true },
    ],
  });
  document.addEventListener("htmx:configRequest", (event) => {
    (event as CustomEvent<Detail>).detail.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const { target } = (event as CustomEvent<Detail>).detail;
    const errors = target.querySelector<HTMLElement>("[data-errors]");
    if (errors) errors.focus();
    const heading = target.querySelector("h2, h3, caption");
    if (heading?.textContent) announce(heading.textContent);
    document.dispatchEvent(new CustomEvent("face:fresh", { detail: target }));
  });
  document.addEventListener("htmx:sendError", () => toast(word("failed")));
}

/** Run on the page now, and on every part swapped into it later. */
export function onFresh(start: (root: ParentNode) => void): void {
  start(document);
  document.addEventListener("face:fresh", (event) => start((event as CustomEvent<HTMLElement>).detail));
}

export { htmx };
