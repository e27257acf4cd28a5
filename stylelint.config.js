// Logical properties only, nothing that the oldest browsers in our halls (Chrome 109, Firefox 115) do not know.
export default {
  extends: ["stylelint-config-standard-scss"],
  plugins: ["stylelint-use-logical", "stylelint-no-unsupported-browser-features"],
  ignoreFiles: ["frontend/dist/**", "node_modules/**"],
  rules: {
    "csstools/use-logical": ["always", { severity: "error", except: ["float", /^(min-|max-)?(width|height)$/] }],
    // Sass writes the nesting out; the rest is either decoration that an old browser leaves out, or known to the floor in the form we use.
    "plugin/no-unsupported-browser-features": [
      true,
      { severity: "error", ignorePartialSupport: true, ignore: ["css-nesting", "css-text-wrap-balance", "css-math-functions", "css-color-adjust", "css-appearance"] },
    ],
    "no-descending-specificity": null,
    "media-feature-range-notation": "prefix",
    "selector-not-notation": null,
    "scss/no-global-function-names": null,
    "scss/dollar-variable-empty-line-before": null,
    "scss/double-slash-comment-empty-line-before": null,
    "declaration-block-no-redundant-longhand-properties": null,
    "custom-property-empty-line-before": null,
    "declaration-empty-line-before": null,
    "scss/load-no-partial-leading-underscore": null,
    "no-invalid-position-at-import-rule": null,
    "import-notation": null,
    "at-rule-empty-line-before": null,
    // rtlcss reads its orders from comments of its own form.
    "comment-whitespace-inside": null,
    "comment-empty-line-before": null,
  },
};
