import { expect, it } from "vitest";
import { hlsAttributes } from "../../../probe/sources/read-hls.ts";

it.each([
  ['METHOD=AES-128,URI="a,b=c",IV=0x1', { METHOD: "AES-128", URI: "a,b=c", IV: "0x1" }],
  [' A=1, B="2" ,C=', { A: "1", B: "2", C: "" }],
  ["", {}],
  ["words", {}],
])("%s", (text, attributes) => expect(Object.fromEntries(hlsAttributes(text))).toEqual(attributes));

it("refuses a quoted value without a closing quote", () => {
  expect(() => hlsAttributes('A="')).toThrow("has a tag in which a quote is not closed");
});
