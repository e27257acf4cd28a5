// Telling without moving the focus: to screen readers in the live region, to eyes at the foot of the page.
export function announce(text: string): void {
  const region = document.getElementById("live");
  if (region) region.textContent = text;
}

export function toast(text: string, seconds = 5): void {
  const shelf = document.getElementById("toasts");
  if (!shelf || !text) return;
  const line = document.createElement("div");
  line.className = "toast-line";
  line.textContent = text;
  shelf.append(line);
  if (seconds) window.setTimeout(() => line.remove(), seconds * 1000);
}
