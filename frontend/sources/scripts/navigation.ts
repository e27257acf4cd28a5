// The folded menu is remembered by this computer.
export function startNavigation(): void {
  const fold = document.querySelector<HTMLButtonElement>("[data-fold-nav]");
  fold?.addEventListener("click", () => {
    const narrow = document.documentElement.dataset.nav !== "narrow";
    document.documentElement.dataset.nav = narrow ? "narrow" : "wide";
    fold.setAttribute("aria-expanded", String(!narrow));
    document.cookie = `nav=${narrow ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`;
  });
  document.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
}
