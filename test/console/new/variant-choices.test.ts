import { describe, expect, test } from "vitest";
import { EMPTY_FORM } from "../../../console/new/form.ts";
import { choicesOf, languagesOf, variantsOf } from "../../../console/new/variant-choices.ts";

const names = (change: object) => variantsOf({ ...EMPTY_FORM, ...change }).map(({ name }) => name);

describe("ready-made variants", () => {
  test("none: each URL has one form", () => expect(names({})).toEqual([]));

  test("compressions stand in the order in which none spoils another", () => {
    expect(names({ compressions: ["plain", "gzip", "br"] })).toEqual(["br", "gzip", "plain"]);
  });

  test("several kinds are combined", () => {
    const variants = variantsOf({ ...EMPTY_FORM, compressions: ["br", "gzip"], languages: "en, de" });
    expect(variants.map(({ name }) => name)).toEqual(["en-br", "en-gzip", "de-br", "de-gzip"]);
    expect(variants[0]?.header).toEqual(["Accept-Language: en", "Accept-Encoding: gzip, deflate, br"]);
  });

  test("are found again in a body", () => {
    for (const chosen of [
      { compressions: ["br", "plain"] },
      { devices: ["desktop", "tablet"] },
      { languages: "en, zh-CN" },
    ])
      expect(choicesOf(variantsOf({ ...EMPTY_FORM, ...chosen }))).toMatchObject({ ...chosen, ownVariants: [] });
    expect(choicesOf([]).ownVariants).toEqual([]);
  });
});

test("languages are parted by commas of any kind, each once", () => {
  expect(languagesOf(" en,de；zh-CN，en ")).toEqual(["en", "de", "zh-CN"]);
});
