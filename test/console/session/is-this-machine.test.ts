import { expect, test } from "vitest";
import { isThisMachine } from "../../../console/session/is-this-machine.ts";

test.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["[::1]", true],
  ["a1b2c3.execute-api.us-east-1.amazonaws.com", false],
  ["127.0.0.1.example.com", false],
])("%s: %s", (hostname, is) => expect(isThisMachine(hostname)).toBe(is));
