// A wide table scrolls in its own frame. While it does, the arrow keys must reach it, and it says what it is.
import { onFresh } from "./swaps";
import { word } from "./words";

const HEADINGS = "h1, h2, h3, summary";

export function startRegions(): void {
  const watch = new ResizeObserver((seen) => {
    for (const entry of seen) look(entry.target.closest<HTMLElement>(".table-wrap"));
  });
  onFresh((root) => {
    for (const region of root.querySelectorAll<HTMLElement>(".table-wrap")) {
      look(region);
      watch.observe(region);
      for (const inside of region.children) watch.observe(inside);
    }
  });
}

function look(region: HTMLElement | null): void {
  if (!region) return;
  if (region.scrollWidth > region.clientWidth) {
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", nameOf(region));
  } else {
    for (const name of ["tabindex", "role", "aria-label"]) region.removeAttribute(name);
  }
}

/** The caption, else the heading under which the table stands. */
function nameOf(region: HTMLElement): string {
  const caption = region.querySelector("caption");
  if (caption?.textContent?.trim()) return caption.textContent.trim();
  for (let around: HTMLElement | null = region.parentElement; around; around = around.parentElement) {
    const heading = [...around.querySelectorAll<HTMLElement>(HEADINGS)]
      .filter((one) => one.compareDocumentPosition(region) & Node.DOCUMENT_POSITION_FOLLOWING)
      .at(-1);
    if (heading?.textContent?.trim()) return heading.textContent.trim();
  }
  return word("table");
}
