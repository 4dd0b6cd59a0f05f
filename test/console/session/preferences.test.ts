import { expect, it } from "vitest";
import { readPreferences } from "../../../console/session/preferences.ts";

it.each([
  [null, ["zh-CN", "en"], { language: "zh", theme: "auto", shortcuts: true }],
  [null, ["de", "en-GB"], { language: "en", theme: "auto", shortcuts: true }],
  [null, [], { language: "en", theme: "auto", shortcuts: true }],
  ['{"language":"en","theme":"dark","shortcuts":false}', ["zh"], { language: "en", theme: "dark", shortcuts: false }],
  ['{"language":"xx","theme":7}', ["zh"], { language: "zh", theme: "auto", shortcuts: true }],
  ["broken", ["en"], { language: "en", theme: "auto", shortcuts: true }],
  ["null", ["en"], { language: "en", theme: "auto", shortcuts: true }],
])("%s with %o", (stored, languages, preferences) => {
  expect(readPreferences(stored, languages)).toEqual(preferences);
});
