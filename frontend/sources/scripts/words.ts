// Sentences of the scripts come translated from the page (frontend/script_words.html).
const source = document.getElementById("words");

export function word(name: string, facts: Record<string, string | number> = {}): string {
  const text = source?.dataset[name] ?? "";
  return text.replace(/%\((\w+)\)s/g, (_all, fact: string) => String(facts[fact] ?? ""));
}
