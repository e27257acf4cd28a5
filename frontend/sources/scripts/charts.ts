// Charts beside their tables: loaded only where a page has one. The table stays the truth; without scripts it is all there is.
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

interface Figures {
  labels: string[];
  series: { label: string; values: number[] }[];
}

const COLOURS = ["--primary", "--accent", "--info", "--warn", "--ok", "--danger", "--ink-soft"];
const PLAIN = ["#3F5F3A", "#A65A2E", "#2B5F75", "#8A5A00", "#2F6B45", "#9B2C2C", "#5B6259"];

export function drawCharts(places: NodeListOf<HTMLElement>): void {
  const style = getComputedStyle(document.documentElement);
  const rightToLeft = document.documentElement.dir === "rtl";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const place of places) {
    const canvas = place.querySelector("canvas");
    if (!canvas || Chart.getChart(canvas)) continue;
    const figures = JSON.parse(place.dataset.chart ?? "{}") as Figures;
    place.hidden = false;
    new Chart(canvas, {
      type: "bar",
      data: {
        labels: figures.labels,
        datasets: figures.series.map((one, at) => ({
          label: one.label,
          data: one.values,
          maxBarThickness: 64,
          backgroundColor: style.getPropertyValue(COLOURS[at] ?? "") || PLAIN[at % PLAIN.length],
        })),
      },
      options: {
        locale: "ar-PS-u-nu-latn",
        responsive: true,
        maintainAspectRatio: false,
        animation: still ? false : { duration: 160 },
        font: { family: getComputedStyle(document.body).fontFamily },
        plugins: {
          legend: { rtl: rightToLeft, position: "bottom" },
          tooltip: { rtl: rightToLeft },
        },
        scales: {
          x: { reverse: rightToLeft, grid: { display: false } },
          y: { position: rightToLeft ? "right" : "left", beginAtZero: true },
        },
      },
    });
  }
}
