// Counters and the bell look again every minute, and only while somebody looks at them.
import { htmx } from "./swaps";

export function startPulse(): void {
  const counters = document.getElementById("counters");
  if (!counters) return;
  const look = () => {
    if (!document.hidden) htmx.trigger(counters, "pulse");
  };
  window.setInterval(look, 60000);
  document.addEventListener("visibilitychange", look);
}
