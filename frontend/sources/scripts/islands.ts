// Heavy parts that few pages need: their code is asked for when a page shows one, and stays away from every other.
import { onFresh } from "./swaps";
import { toast } from "./live";
import { word } from "./words";

function each(root: ParentNode, name: string, start: (element: HTMLElement) => void): void {
  for (const element of root.querySelectorAll<HTMLElement>(`[data-${name}]:not([data-${name}-ready])`)) {
    element.setAttribute(`data-${name}-ready`, "");
    start(element);
  }
}

function pick(box: HTMLElement): void {
  const canvas = box.querySelector<HTMLElement>("[data-canvas]");
  const latitude = box.querySelector<HTMLInputElement>("[data-latitude]");
  const longitude = box.querySelector<HTMLInputElement>("[data-longitude]");
  const said = box.querySelector<HTMLElement>("[data-said]");
  const tools = box.querySelector<HTMLElement>("[data-needs-script]");
  const opener = box.querySelector<HTMLButtonElement>("[data-show-map]");
  if (!canvas || !latitude || !longitude || !tools) return;
  tools.hidden = false;
  const set = (lat: number, lng: number): void => {
    latitude.value = lat.toFixed(6);
    longitude.value = lng.toFixed(6);
    if (said) said.textContent = word("pointSet");
    latitude.dispatchEvent(new Event("change", { bubbles: true }));
  };
  box.querySelector("[data-here]")?.addEventListener("click", () => {
    const refused = (): void => void (said && (said.textContent = word("hereRefused")));
    if (!("geolocation" in navigator)) return refused();
    navigator.geolocation.getCurrentPosition(({ coords }) => set(coords.latitude, coords.longitude), refused, { enableHighAccuracy: true, timeout: 15_000 });
  });
  opener?.addEventListener("click", () => {
    const show = canvas.hidden;
    canvas.hidden = !show;
    opener.setAttribute("aria-expanded", String(show));
    if (!show || canvas.dataset.drawn) return;
    canvas.dataset.drawn = "1";
    import("./map")
      .then(({ pickPoint }) => pickPoint(canvas, { centre: box.dataset.centre ?? "", latitude, longitude, set }))
      .catch(() => toast(word("mapFailed")));
  });
}

export function startIslands(): void {
  onFresh((root) => {
    each(root, "map", (box) => {
      if (box.dataset.map === "pick") return pick(box);
      import("./map").then(({ showPoints }) => showPoints(box)).catch(() => toast(word("mapFailed")));
    });
    each(root, "sign", (box) => {
      import("./signature").then(({ startSignature }) => startSignature(box)).catch(() => undefined);
    });
  });
}
