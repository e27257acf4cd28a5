import compat from "eslint-plugin-compat";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["frontend/dist/**", "node_modules/**", ".venv/**", "var/**"] },
  ...tseslint.configs.recommended,
  { files: ["frontend/sources/scripts/**/*.ts"], ...compat.configs["flat/recommended"] },
  {
    files: ["frontend/sources/scripts/**/*.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-eval": "error",
      "no-implied-eval": "error",
    },
  },
);
