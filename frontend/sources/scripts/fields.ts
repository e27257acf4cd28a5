// Small help while typing; the server reads and judges everything again.
import { onFresh } from "./swaps";

function plain(text: string): string {
  return text
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));
}

function tidyDate(input: HTMLInputElement): void {
  const text = plain(input.value).trim();
  const parts = /^(\d{1,2})[\s./-](\d{1,2})[\s./-](\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  if (parts) input.value = `${parts[1]!.padStart(2, "0")}/${parts[2]!.padStart(2, "0")}/${parts[3]}`;
}

/** The check digit of a Palestinian ID number (mod 10); a wrong one is a warning, never a refusal. */
export function checkDigitFits(number: string): boolean {
  if (!/^\d{9}$/.test(number)) return true;
  let sum = 0;
  for (let at = 0; at < 9; at++) {
    const product = Number(number[at]) * (at % 2 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}

export function startFields(): void {
  onFresh((root) => {
    for (const input of root.querySelectorAll<HTMLInputElement>("input[data-date]")) {
      input.addEventListener("change", () => tidyDate(input));
    }
    for (const input of root.querySelectorAll<HTMLInputElement>("input[data-id-number]")) {
      const warning = document.getElementById(`${input.id}_warning`);
      const look = () => {
        if (warning) warning.hidden = checkDigitFits(plain(input.value).replace(/\D/g, ""));
      };
      input.addEventListener("input", look);
      look();
    }
  });
}
