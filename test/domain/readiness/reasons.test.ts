import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../../domain/format.ts";
import { reasonText } from "../../../domain/readiness/reasons.ts";
import { failureReasons } from "../../../domain/result/failure.ts";

describe.each(LANGUAGES)("the words of each reason in %s", (language) => {
  it.each(failureReasons)("%s", (reason) => {
    for (const text of Object.values(reasonText(reason, language))) {
      expect(text.length).toBeGreaterThan(1);
      // A text that was left in the other language.
      if (language === "zh") expect(text).toMatch(/\p{Script=Han}/u);
      else expect(text).not.toMatch(/\p{Script=Han}/u);
    }
  });
});
