import { describe, expect, it } from "vitest";
import { ZH } from "../../../console/words/chinese.ts";
import { EN } from "../../../console/words/english.ts";
import { sayIn } from "../../../console/words/say.ts";
import type { Text } from "../../../console/words/table.ts";

const formsOf = (text: Text) => (typeof text === "string" ? [text] : [text.one, text.other]);
const places = (text: Text) => new Set(formsOf(text).flatMap((form) => form.match(/\{\d\}/g) ?? []));

describe("every text", () => {
  it.each(Object.entries(EN))("%s has the same places in both languages", (name, text) => {
    const chinese = new Map<string, Text>(Object.entries(ZH)).get(name) ?? "";
    expect(places(chinese)).toEqual(places(text));
    expect(formsOf(chinese).join("")).not.toBe("");
  });
});

describe("sayIn", () => {
  it("fills in, in the form of the number", () => {
    const say = sayIn("en");
    expect([say("urlCount", ["1"], 1), say("urlCount", ["84"], 84)]).toEqual(["1 URL", "84 URLs"]);
    expect(say("newest", ["1"], 1)).toBe("1 request");
    expect(sayIn("zh")("urlCount", ["84"], 84)).toBe("84 个 URL");
  });

  it("puts in nothing but what is given, once: a text that looks like a place stays", () => {
    expect(sayIn("en")("retryOf", ["{0}"])).toBe("retry of {0}");
  });
});
