import react from "@vitejs/plugin-react";
import type { AtRule, Root } from "postcss";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// `npm run dev` shows the sources as they are edited and asks a running `puhui serve` (PUHUI_SERVER) for the rest.
const server = process.env.PUHUI_SERVER ?? "http://127.0.0.1:8080";

// The DMN editor's libraries bring resets for bare elements (h1, ul, th …), which would reach into every page once the
// editor was opened: they hold inside the editor and its pop-ups only.
const editorOnly = ':where(.dmn-host, [class*="pf-v5-c-backdrop"], [class*="pf-v5-c-popover"])';
const scopedResets = {
  postcssPlugin: "scoped-resets",
  Once(root: Root) {
    if (!/patternfly.react-core.dist.styles.base|dmn-editor.dist.DmnEditor/.test(root.source?.input.file ?? "")) return;
    root.walkRules((rule) => {
      if (rule.parent?.type === "atrule" && /keyframes|font-face/.test((rule.parent as AtRule).name)) return;
      if (/[.#[]|:root/.test(rule.selector)) return;
      rule.selector = /^:where\((html,\s*)?body\)$/.test(rule.selector) ? editorOnly : `${editorOnly} :is(${rule.selector})`;
      if (rule.selector.includes("::")) rule.selector = `${editorOnly} *, ${editorOnly} *::before, ${editorOnly} *::after`;
    });
  },
};

export default defineConfig({
  plugins: [react()],
  css: { postcss: { plugins: [scopedResets] } },
  resolve: {
    alias: [
      { find: "path", replacement: "path-browserify" },
      // The editor takes two icons from an index of all 1,700, and one part from that of all parts: without these they
      // would all be shipped with it.
      { find: /^@patternfly\/react-core\/dist\/js$/, replacement: "@patternfly/react-core/dist/js/components/Icon" },
      { find: /^@patternfly\/react-icons\/dist\/js\/icons$/, replacement: fileURLToPath(new URL("src/pages/policies/editor_icons.ts", import.meta.url)) },
    ],
  },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(["/v1", "/session", "/job", "/openapi.json"].map((path) => [path, { target: server }])),
  },
});
