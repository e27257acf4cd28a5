// Builds the face into frontend/dist: one stylesheet per direction, one script, the fonts and the icon sprite.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { iconSprite } from "./frontend/sources/build/icons.js";
import { mirrorRightToLeft } from "./frontend/sources/build/mirror.js";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  root,
  base: "/static/",
  publicDir: "frontend/sources/public",
  plugins: [iconSprite({ root })],
  css: {
    postcss: { plugins: [mirrorRightToLeft()] },
    preprocessorOptions: {
      scss: { quietDeps: true, silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"] },
    },
  },
  build: {
    outDir: "frontend/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: ["chrome109", "firefox115"],
    cssTarget: ["chrome109", "firefox115"],
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      checks: { eval: false }, // htmx carries an eval; htmx.config.allowEval is off and the policy forbids it.
      input: {
        app: "frontend/sources/scripts/app.ts",
        offline: "frontend/sources/scripts/offline/page.ts",
        "offline-worker": "frontend/sources/scripts/offline/worker.ts",
        "app-ltr": "frontend/sources/styles/app.scss",
        "app-rtl": "frontend/sources/styles/app.rtl.scss",
      },
    },
  },
});
