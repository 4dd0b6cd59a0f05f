import { expect, it } from "vitest";
import { hlsAttributes } from "../../../probe/sources/read-hls.ts";

it.each([
  ['METHOD=AES-128,URI="a,b=c",IV=0x1', { METHOD: "AES-128", URI: "a,b=c", IV: "0x1" }],
  [' A=1, B="2" ,C=', { A: "1", B: "2", C: "" }],
  ["", {}],
  ["words", {}],
  ['A="', undefined],
])("%s", (text, attributes) => {
  const read = hlsAttributes(text);
  expect(read && Object.fromEntries(read)).toEqual(attributes);
});
