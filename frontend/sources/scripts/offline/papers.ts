// Papers of a request that is taken without a line: chosen, photographed, made smaller, and held until they are sealed.
import { h, icon, say } from "./dom";
import { hashOf } from "./seal";
import type { PaperNote } from "./outbox";

export interface Paper {
  code: string;
  title: string;
  need: string;
  note?: string;
  others?: [string, string][];
  asked_if?: unknown;
}
const SMALL_ENOUGH = 1_500_000;
const LONGEST_SIDE = 2200;
const KINDS = ["image/jpeg", "image/png", "image/webp", "image/tiff", "application/pdf"];

/** A telephone's photo of 8 MB would wait long on a slow line: the paper is as readable at 2,200 pixels. */
async function smaller(file: File): Promise<{ bytes: ArrayBuffer; name: string; type: string }> {
  const { name, type } = file;
  if (!type.startsWith("image/") || type === "image/tiff" || file.size <= SMALL_ENOUGH) return { bytes: await file.arrayBuffer(), name, type };
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = h("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    if (made && made.size < file.size) return { bytes: await made.arrayBuffer(), name: name.replace(/\.[^.]*$/, "") + ".jpg", type: "image/jpeg" };
  } catch {
    // What the browser cannot draw is kept as it came; the server says whether it serves.
  }
  return { bytes: await file.arrayBuffer(), name, type };
}

export class PaperShelf {
  readonly notes: PaperNote[] = [];
  readonly bytes: ArrayBuffer[] = [];

  constructor(
    private readonly limits: { most_files: number; most_bytes: number },
    notes: PaperNote[] = [],
    bytes: ArrayBuffer[] = [],
  ) {
    this.notes.push(...notes);
    this.bytes.push(...bytes);
  }

  get codes(): string[] {
    return [...new Set(this.notes.map((one) => one.requirement))];
  }

  /** A paper that is no longer asked for is not sent. */
  forget(code: string): void {
    for (const one of this.notes.filter((note) => note.requirement === code)) this.remove(one);
  }

  has(code: string): boolean {
    return this.notes.some((one) => one.requirement === code);
  }

  private async take(file: File, requirement: string, documentType: string): Promise<string> {
    if (this.notes.length >= this.limits.most_files) return say("tooManyFiles", { limit: this.limits.most_files });
    if (!KINDS.includes(file.type)) return say("wrongKind", { name: file.name });
    const { bytes, name, type } = await smaller(file);
    if (!bytes.byteLength) return say("emptyFile", { name });
    if (bytes.byteLength > this.limits.most_bytes) return say("tooLargeFile", { name, limit: Math.floor(this.limits.most_bytes / 1048576) });
    this.notes.push({ requirement, document_type: documentType, sha256: await hashOf(bytes), name: name.slice(-80), type });
    this.bytes.push(bytes);
    return "";
  }

  private remove(note: PaperNote): void {
    const at = this.notes.indexOf(note);
    this.notes.splice(at, 1);
    this.bytes.splice(at, 1);
  }

  /** One asked paper with what was brought for it. */
  draw(paper: Paper, withAgent: boolean): HTMLElement {
    const id = `paper-${paper.code}`;
    const list = h("ul", { class: "dropzone-list", "aria-live": "polite" });
    const kind = h("select", { class: "form-select", id: `${id}-as` }, h("option", { value: "" }, paper.title), ...(paper.others ?? []).map(([code, title]) => h("option", { value: code }, title)));
    const show = (fault = "") => {
      const rows = this.notes.filter((one) => one.requirement === paper.code);
      list.replaceChildren(
        ...rows.map((one) =>
          h(
            "li",
            {},
            icon("paperclip"),
            h("bdi", {}, one.name),
            h("button", { class: "btn btn-quiet btn-sm", type: "button", click: () => (this.remove(one), show()) }, icon("trash"), say("remove"), h("span", { class: "visually-hidden" }, ` ${one.name}`)),
          ),
        ),
        ...(fault ? [h("li", { class: "field-error" }, fault)] : []),
      );
    };
    const input = h("input", { class: "form-control", type: "file", id, accept: ".jpg,.jpeg,.png,.webp,.tif,.tiff,.pdf", multiple: true, capture: "environment" });
    input.addEventListener("change", async () => {
      let fault = "";
      for (const file of input.files ?? []) fault = (await this.take(file, paper.code, kind.value)) || fault;
      input.value = "";
      show(fault);
    });
    show();
    const needed = paper.need === "always" || (paper.need === "with_agent" && withAgent);
    return h(
      "div",
      { class: "field" },
      h("label", { class: "field-label", for: id }, paper.title, !needed && h("span", { class: "field-optional" }, ` ${say("optional")}`)),
      paper.note && h("div", { class: "field-hint" }, paper.note),
      paper.others?.length ? h("div", { class: "field" }, h("label", { class: "field-label", for: `${id}-as` }, say("broughtAs")), kind) : null,
      input,
      list,
    );
  }
}
