import { expect, it } from "vitest";
import { acceptedEncodings, headersToSend } from "../../../domain/net/headers.ts";

it.each([
  [[], []],
  [["X-Accept: br"], []],
  [["Accept-Encoding: gzip, deflate, br, zstd"], ["br", "gzip"]],
  [["accept-encoding: GZIP"], ["gzip"]],
  [["Accept-Encoding: br;q=0.5"], ["br"]],
  [["Accept-Encoding: br;q=0, gzip;q=1.0"], ["gzip"]],
  [["Accept-Encoding: gzip; q=0.0"], []],
  [["Accept-Encoding: identity, *"], []],
  [
    ["Accept-Encoding: gzip", "Accept-Encoding: br"],
    ["br", "gzip"],
  ],
])("%j asks for %j", (lines, expected) => {
  expect(acceptedEncodings(headersToSend(lines))).toEqual(expected);
});
