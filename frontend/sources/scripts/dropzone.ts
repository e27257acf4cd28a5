// Papers: dropped, pasted or chosen; sent at once with a bar where the page gives an address, else with the form.
import { csrfToken } from "./server";
import { htmx, onFresh } from "./swaps";
import { word } from "./words";

function line(list: HTMLElement, name: string): { bar: HTMLProgressElement; tell: (text: string, bad?: boolean) => void } {
  const item = document.createElement("li");
  const title = document.createElement("bdi");
  title.textContent = name;
  const bar = document.createElement("progress");
  bar.className = "bar-meter";
  bar.max = 100;
  bar.setAttribute("aria-label", name);
  const note = document.createElement("span");
  note.className = "hint";
  item.append(title, bar, note);
  list.append(item);
  return {
    bar,
    tell: (text, bad = false) => {
      bar.hidden = true;
      note.textContent = text;
      note.classList.toggle("field-error", bad);
    },
  };
}

function send(box: HTMLElement, input: HTMLInputElement, file: File, list: HTMLElement): void {
  const { bar, tell } = line(list, file.name);
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append(input.name, file, file.name);
  for (const extra of box.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-with-upload]")) body.append(extra.name, extra.value);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
  });
  request.addEventListener("load", () => {
    if (request.status >= 200 && request.status < 300) {
      tell(word("uploaded", { name: file.name }));
      htmx.trigger(box, "uploaded");
      return;
    }
    let why = String(request.status);
    try {
      why = (JSON.parse(request.responseText) as { sentence: string }).sentence;
    } catch {
      // not ours: the number says enough
    }
    tell(word("uploadFailed", { name: file.name, why }), true);
  });
  request.addEventListener("error", () => tell(word("failed"), true));
  request.open("POST", box.dataset.upload!);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("Accept", "application/json");
  request.send(body);
}

function start(box: HTMLElement): void {
  const input = box.querySelector<HTMLInputElement>("input[type=file]");
  const list = box.querySelector<HTMLElement>("[data-dropzone-list]");
  const zone = box.querySelector<HTMLElement>(".dropzone");
  if (!input || !list || !zone) return;
  const take = (files: FileList | File[]) => {
    if (!files.length) return;
    if (box.dataset.upload) {
      for (const file of files) send(box, input, file, list);
      input.value = "";
      return;
    }
    if (files !== input.files) {
      const held = new DataTransfer();
      for (const file of [...(input.multiple ? (input.files ?? []) : []), ...files]) held.items.add(file);
      input.files = held.files;
    }
    list.replaceChildren();
    for (const file of input.files ?? []) line(list, file.name).tell(`${Math.ceil(file.size / 1024)} KB`);
  };
  input.addEventListener("change", () => take(input.files ?? []));
  const camera = box.querySelector<HTMLInputElement>("[data-camera]");
  camera?.addEventListener("change", () => {
    take([...(camera.files ?? [])]);
    camera.value = "";
  });
  for (const name of ["dragover", "dragenter"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("dropzone-over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("dropzone-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...(event.dataTransfer?.files ?? [])]);
  });
  // A pasted picture goes where the cursor is, else to the first place that is open: never to all of them.
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || !box.isConnected) return;
    const boxes = [...document.querySelectorAll<HTMLElement>("[data-dropzone]")].filter((one) => one.offsetParent !== null);
    const meant = boxes.find((one) => one.contains(document.activeElement)) ?? boxes[0];
    if (meant === box) take(files);
  });
}

export function startDropzones(): void {
  onFresh((root) => {
    for (const box of root.querySelectorAll<HTMLElement>("[data-dropzone]:not([data-dropzone-ready])")) {
      box.dataset.dropzoneReady = "";
      start(box);
    }
  });
}
