// The map: a point chosen, or points shown. Without pictures of a tile server it is an honest grid in degrees.
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "../styles/map.scss";
import { word } from "./words";

type Known = { at: L.LatLngExpression; label: string; url: string };
const CLOSE = 16;

function read(text: string): L.LatLng | null {
  const [lat, lng] = text.split(",").map((part) => Number.parseFloat(part));
  return lat === undefined || lng === undefined || Number.isNaN(lat) || Number.isNaN(lng) ? null : L.latLng(lat, lng);
}

/** Lines a round step of degrees apart, so that distances can be read where there is no picture beneath. */
class Grid extends L.GridLayer {
  protected override createTile(coords: L.Coords): HTMLElement {
    const tile = document.createElement("canvas");
    const size = this.getTileSize();
    tile.width = size.x;
    tile.height = size.y;
    const pen = tile.getContext("2d");
    if (pen) {
      pen.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--line").trim() || "#b8b3a6";
      pen.strokeRect(0.5, 0.5, size.x, size.y);
      pen.globalAlpha = 0.4;
      pen.strokeRect(size.x / 2 + 0.5, -1, size.x, size.y + 2);
      pen.strokeRect(-1, size.y / 2 + 0.5, size.x + 2, size.y);
    }
    tile.dataset.at = `${coords.z}/${coords.x}/${coords.y}`;
    return tile;
  }
}

function draw(canvas: HTMLElement, centre: L.LatLng, zoom: number): L.Map {
  canvas.setAttribute("dir", "ltr");
  const map = L.map(canvas, { zoomControl: false, attributionControl: true, scrollWheelZoom: false, maxZoom: 19 });
  map.attributionControl.setPrefix(false);
  map.attributionControl.getContainer()?.setAttribute("dir", "auto");
  L.control.zoom({ zoomInTitle: word("zoomIn"), zoomOutTitle: word("zoomOut") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const tiles = word("mapTiles");
  if (tiles) L.tileLayer(tiles, { maxZoom: 19, attribution: word("mapCredit").replace(/[<>&]/g, "") }).addTo(map);
  else new Grid({ attribution: word("mapGrid") }).addTo(map);
  map.setView(centre, zoom);
  return map;
}

function pin(at: L.LatLngExpression): L.CircleMarker {
  return L.circleMarker(at, { radius: 9, weight: 3, className: "map-pin" });
}

export function pickPoint(
  canvas: HTMLElement,
  box: { centre: string; latitude: HTMLInputElement; longitude: HTMLInputElement; set: (lat: number, lng: number) => void },
): void {
  const typed = (): L.LatLng | null => read(`${box.latitude.value},${box.longitude.value}`);
  const at = typed();
  const map = draw(canvas, at ?? read(box.centre) ?? L.latLng(31.9, 35.2), at ? CLOSE : 13);
  const marker = pin(at ?? map.getCenter());
  if (at) marker.addTo(map);
  map.on("click", ({ latlng }: L.LeafletMouseEvent) => {
    marker.setLatLng(latlng).addTo(map);
    box.set(latlng.lat, latlng.lng);
  });
  // By keyboard: the arrows move the map, Enter takes its middle.
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const middle = map.getCenter();
    marker.setLatLng(middle).addTo(map);
    box.set(middle.lat, middle.lng);
  });
  for (const input of [box.latitude, box.longitude]) {
    input.addEventListener("change", () => {
      const now = typed();
      if (now) map.panTo(marker.setLatLng(now).addTo(map).getLatLng());
    });
  }
}

/** Points named by the page: `[data-point]` elements with their label and their link. */
function known(): Known[] {
  const found: Known[] = [];
  for (const element of document.querySelectorAll<HTMLElement>("[data-point]")) {
    const at = read(element.dataset.point ?? "");
    if (at) found.push({ at, label: element.dataset.pointLabel ?? "", url: element.dataset.pointUrl ?? "" });
  }
  return found;
}

export function showPoints(box: HTMLElement): void {
  const centre = read(box.dataset.centre ?? "") ?? L.latLng(31.9, 35.2);
  const map = draw(box, centre, box.dataset.map === "one" ? CLOSE : 13);
  const layer = L.layerGroup().addTo(map);
  const put = (): void => {
    layer.clearLayers();
    const points = known();
    for (const one of points) {
      const marker = pin(one.at).addTo(layer);
      if (!one.label) continue;
      const label = document.createElement(one.url ? "a" : "bdi");
      label.textContent = one.label;
      if (label instanceof HTMLAnchorElement) label.href = one.url;
      marker.bindPopup(label);
    }
    if (points.length > 1) map.fitBounds(L.latLngBounds(points.map((one) => one.at)), { padding: [24, 24], maxZoom: CLOSE });
    else if (points[0]) map.setView(points[0].at, CLOSE);
  };
  put();
  document.addEventListener("face:fresh", put);
}
