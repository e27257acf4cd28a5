// What a page may weigh: CSS 40 KB and JS 70 KB, gzipped; and every icon that a template names must exist.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { missingIcons } from "./icons.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const dist = `${root}frontend/dist/`;
const BUDGETS = [
  ["frontend/sources/styles/app.rtl.scss", 40],
  ["frontend/sources/styles/app.scss", 40],
  ["frontend/sources/scripts/app.ts", 70],
  ["frontend/sources/scripts/offline/page.ts", 70],
  ["frontend/sources/scripts/offline/worker.ts", 5],
];
let failed = false;

const manifest = JSON.parse(readFileSync(`${dist}manifest.json`, "utf8"));
for (const [source, most] of BUDGETS) {
  const entry = manifest[source];
  const files = [entry.file, ...(entry.imports ?? []).map((name) => manifest[name].file)];
  const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(dist + file), { level: 9 }).length, 0) / 1024;
  const fits = size <= most;
  failed ||= !fits;
  console.log(`${fits ? "ok  " : "OVER"} ${source}: ${size.toFixed(1)} KB of ${most} KB`);
}
for (const [name, file] of missingIcons(root)) {
  failed = true;
  console.log(`MISSING icon "${name}" named in ${file}: Tabler has no such icon`);
}
process.exit(failed ? 1 : 0);
