import js from "@eslint/js";
import coreWebVitals from "eslint-config-next/core-web-vitals";
import tseslint from "typescript-eslint";

/** Imports run in one direction: app -> features -> api | auth | ui. */
const layer = (files, above) => ({
  files: [`${files}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group: above.map((one) => `@/${one}/**`), message: `${files}/ is below.` }] },
    ],
  },
});

export default tseslint.config(
  { ignores: [".next/", "next-env.d.ts", "api/schema.d.ts"] },
  js.configs.recommended,
  coreWebVitals,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false } },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "max-lines": ["warn", { max: 250 }],
    },
  },
  layer("features", ["app"]),
  layer("api", ["app", "features", "ui"]),
  layer("auth", ["app", "features", "ui", "api"]),
  layer("ui", ["app", "features", "api", "auth"]),
);
