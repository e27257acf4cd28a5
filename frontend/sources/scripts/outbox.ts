// How much waits to be sent, on every page; the rest of the offline desk is loaded when the page is at rest.
import { toast } from "./live";
import { word } from "./words";

interface Mark {
  owner: string;
  waiting: number;
  conflicts: number;
}

function read(owner: string): Mark | null {
  try {
    const found = JSON.parse(window.localStorage.getItem("offline-desk") ?? "null") as Mark | null;
    return found?.owner === owner ? found : null;
  } catch {
    return null;
  }
}

function show(owner: string, base: string): void {
  const found = read(owner);
  const bar = document.querySelector(".bar-end");
  let badge = document.getElementById("outbox-badge") as HTMLAnchorElement | null;
  if (!found || !bar || !(found.waiting + found.conflicts)) {
    badge?.remove();
    return;
  }
  if (!badge) {
    badge = document.createElement("a");
    badge.id = "outbox-badge";
    badge.href = `${base}#outbox`;
    bar.prepend(badge);
  }
  badge.className = `state state-${found.conflicts ? "danger" : "warn"}`;
  badge.textContent = found.conflicts ? word("outboxConflicts", { count: found.conflicts }) : word("outboxWaiting", { count: found.waiting });
}

function logOut(form: HTMLFormElement, owner: string, base: string): void {
  const found = read(owner);
  if (found && found.waiting + found.conflicts) {
    // Nothing that a citizen handed in is lost by a click: send it or give it up first.
    window.location.assign(`${base}#leave`);
    return;
  }
  const patience = new Promise<boolean>((resolve) => window.setTimeout(() => resolve(false), 5000));
  const purged = import("./offline/background").then(({ purge }) => purge(owner, base));
  void Promise.race([purged.catch(() => false), patience]).then((othersStay) => {
    if (othersStay) {
      const stay = document.createElement("input");
      stay.type = "hidden";
      stay.name = "others_stay";
      stay.value = "1";
      form.append(stay);
    }
    form.submit();
  });
}

export function startOutbox(): void {
  const link = document.querySelector<HTMLAnchorElement>('[data-go="frontdesk-offline"]');
  const owner = document.body.dataset.owner;
  if (!link || !owner) return;
  const base = new URL(link.href).pathname;
  const look = () => show(owner, base);
  look();
  window.addEventListener("storage", look);
  window.addEventListener("outbox:changed", look);
  window.addEventListener("offline", () => toast(word("offlineDesk"), 8));
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    // The attribute: a button called "action" stands where the form's own property would be.
    if (!form.getAttribute("action")?.endsWith("/logout/")) return;
    event.preventDefault();
    logOut(form, owner, base);
  });
  const begin = () => void import("./offline/background").then(({ start }) => start(owner, base, (outcome) => outcome === "login" && toast(word("outboxLogin"), 8)));
  if ("requestIdleCallback" in window) window.requestIdleCallback(begin, { timeout: 8000 });
  else setTimeout(begin, 2000);
}
