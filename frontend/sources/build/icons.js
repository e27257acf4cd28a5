// One SVG sprite of the Tabler icons that templates and manifests name, and of no others.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const NAMES = [
  /<c-icon\b[^>]*?\sname="([a-z0-9-]+)"/g,
  /\{%\s*icon\s+"([a-z0-9-]+)"/g,
  /\bicon="([a-z0-9-]+)"/g,
  /["']icon["']\s*:\s*["']([a-z0-9-]+)["']/g,
  /\bicon\("([a-z0-9-]+)"\)/g, // scripts of the offline desk draw their own
  /\bicon_name\s*=\s*"([a-z0-9-]+)"/g,
];
const ALWAYS = "frontend/sources/icons.json";

/** Icon names in use, each with the first file that names it. */
export function usedIcons(root) {
  const used = new Map(JSON.parse(readFileSync(join(root, ALWAYS), "utf8")).map((name) => [name, ALWAYS]));
  for (const shelf of ["frontend", "modules", "platform", "tenants", "api"]) {
    for (const file of readdirSync(join(root, shelf), { recursive: true })) {
      if (!/\.(html|py|ts)$/.test(file) || /(^|\/)(tests|migrations|dist|__pycache__)\//.test(file)) continue;
      const text = readFileSync(join(root, shelf, file), "utf8");
      for (const pattern of NAMES) {
        for (const [, name] of text.matchAll(pattern)) {
          if (!used.has(name)) used.set(name, `${shelf}/${file}`);
        }
      }
    }
  }
  return used;
}

export function iconFile(root, name) {
  const [, bare, filled] = name.match(/^(.*?)(-filled)?$/);
  return join(root, "node_modules/@tabler/icons/icons", filled ? "filled" : "outline", `${bare}.svg`);
}

export function missingIcons(root) {
  return [...usedIcons(root)].filter(([name]) => !existsSync(iconFile(root, name)));
}

function symbol(root, name) {
  const svg = readFileSync(iconFile(root, name), "utf8");
  const body = svg
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, "")
    .replace(/\s*\n\s*/g, "");
  const filled = name.endsWith("-filled") ? ' fill="currentColor" stroke="none"' : "";
  return `<symbol id="${name}" viewBox="0 0 24 24"${filled}>${body}</symbol>`;
}

export function sprite(root) {
  const names = [...usedIcons(root).keys()].filter((name) => existsSync(iconFile(root, name))).sort();
  return `<svg xmlns="http://www.w3.org/2000/svg">${names.map((name) => symbol(root, name)).join("")}</svg>`;
}

export function iconSprite({ root }) {
  return {
    name: "icon-sprite",
    buildStart() {
      for (const [name, file] of missingIcons(root)) this.warn(`Tabler has no icon "${name}" (named in ${file}).`);
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "frontend/sources/icons.svg",
        source: sprite(root),
      });
    },
  };
}
