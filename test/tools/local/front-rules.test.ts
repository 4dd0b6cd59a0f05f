import { describe, expect, it } from "vitest";
import { accessKeyId, asksForKeys, type FrontCall, frontRefusal, keysIn } from "../../../tools/local/front.ts";

const KEY = "271828182845";
const rules = { hosts: new Set(["127.0.0.1:4000", "localhost:4000"]), keys: new Set([KEY]) };
const signed = (key: string, service = "lambda") =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;
const call = (changes: Partial<FrontCall> = {}): FrontCall => ({
  method: "POST",
  url: "/",
  host: "localhost:4000",
  origin: undefined,
  authorization: signed(KEY),
  ...changes,
});
const refusal = (changes: Partial<FrontCall>) => frontRefusal(call(changes), rules);

describe("passes", () => {
  it.each([
    ["this run's key, in the header", {}],
    ["the other name of this machine", { host: "127.0.0.1:4000" }],
    ["a host in capitals", { host: "LocalHost:4000" }],
    [
      "this run's key, in the query",
      { authorization: undefined, url: `/b/k?X-Amz-Credential=${KEY}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request` },
    ],
    [
      "a custom resource's answer",
      { authorization: undefined, method: "PUT", url: `/_ministack/cfn-response/${"a1b2-".repeat(7)}c` },
    ],
  ])("%s", (_, changes) => {
    expect(refusal(changes)).toBeUndefined();
  });
});

describe("refuses", () => {
  it.each([
    ["an Origin", { origin: "https://evil.example" }, /Origin/],
    ["an Origin in a GET", { origin: "https://evil.example", method: "GET" }, /Origin/],
    ["an Origin that is null", { origin: "null" }, /Origin/],
    ["an Origin of the front itself", { origin: "http://localhost:4000" }, /Origin/],
    [
      "a custom resource's answer of a page",
      { origin: "null", method: "PUT", url: `/_ministack/cfn-response/${"a".repeat(36)}` },
      /Origin/,
    ],
    ["a name that leads here", { host: "evil.example:4000" }, /evil\.example:4000/],
    ["no Host", { host: undefined }, /missing/],
    ["the host without its port", { host: "localhost" }, /Host/],
    ["a whole URL as target", { url: "http://localhost:4000/" }, /path/],
    ["no credentials", { authorization: undefined }, /endpoint\.json/],
    ["another key", { authorization: signed("000000000000") }, /endpoint\.json/],
    ["a key that begins like this run's", { authorization: signed(`${KEY}0`) }, /endpoint\.json/],
    ["the key in another scheme", { authorization: `Basic Credential=${KEY}/` }, /endpoint\.json/],
    [
      "another key in the header, this run's in the query",
      { authorization: signed("test"), url: `/?X-Amz-Credential=${KEY}%2F` },
      /endpoint\.json/,
    ],
    [
      "a GET of a custom resource's URL",
      { authorization: undefined, method: "GET", url: `/_ministack/cfn-response/${"a".repeat(36)}` },
      /endpoint\.json/,
    ],
    [
      "a path behind a custom resource's URL",
      { authorization: undefined, method: "PUT", url: "/_ministack/cfn-response/../../2015-03-31/functions/x/code" },
      /endpoint\.json/,
    ],
  ])("%s", (_, changes, says) => {
    expect(refusal(changes)).toMatch(says);
  });
});

it("reads the access key id of a call, and whether it asks for further keys", () => {
  expect(accessKeyId(call())).toBe(KEY);
  expect(asksForKeys(call())).toBe(false);
  expect(asksForKeys(call({ authorization: signed(KEY, "sts") }))).toBe(true);
  expect(keysIn("<AccessKeyId>ASIA1</AccessKeyId>")).toEqual(["ASIA1"]);
  expect(keysIn('{"Credentials": {"AccessKeyId": "ASIA2"}}')).toEqual(["ASIA2"]);
});
