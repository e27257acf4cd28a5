// A signature on the glass: drawn with a finger, a pen or the mouse, sent with the form as a picture.
import SignaturePad from "signature_pad";

export function startSignature(box: HTMLElement): void {
  const canvas = box.querySelector<HTMLCanvasElement>("canvas");
  const kept = document.querySelector<HTMLInputElement>(`[name="${box.dataset.sign}"]`);
  if (!canvas || !kept) return;
  box.hidden = false;
  const pad = new SignaturePad(canvas, { penColor: "#1f2421", backgroundColor: "rgba(255,255,255,0)" });
  const fit = (): void => {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const drawn = pad.toData();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d")?.scale(ratio, ratio);
    pad.clear();
    pad.fromData(drawn);
  };
  fit();
  window.addEventListener("resize", fit);
  pad.addEventListener("endStroke", () => {
    kept.value = pad.toDataURL("image/png");
    kept.dispatchEvent(new Event("change", { bubbles: true }));
  });
  box.querySelector("[data-sign-again]")?.addEventListener("click", () => {
    pad.clear();
    kept.value = "";
  });
}
