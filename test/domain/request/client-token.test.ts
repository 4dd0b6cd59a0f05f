import { bodyDigest } from "../../../domain/request/client-token.ts";

const BODY = {
  url_list: ["https://a.example/1", "https://a.example/2"],
  timeout: 5,
  options: { b: 1, a: [{ d: 2, c: 3 }] },
};

it.each<[string, Readonly<Record<string, unknown>>]>([
  ["the token differs", { ...BODY, client_token: "deploy-42" }],
  ["the fields stand in another order", { options: BODY.options, timeout: 5, url_list: BODY.url_list }],
  ["a field is null", { ...BODY, header: null }],
  ["a field is undefined", { ...BODY, header: undefined }],
])("the digest of a body is the same if %s", (_, other) => expect(bodyDigest(other)).toBe(bodyDigest(BODY)));

it.each<[string, Readonly<Record<string, unknown>>]>([
  ["a value differs", { ...BODY, timeout: 6 }],
  ["a nested value differs", { ...BODY, options: { b: 1, a: [{ d: 2, c: 4 }] } }],
  ["a field has another name", { url_list: BODY.url_list, minutes: 5, options: BODY.options }],
  ["the URLs stand in another order", { ...BODY, url_list: BODY.url_list.toReversed() }],
  ["a field is false instead of absent", { ...BODY, need_invalidate: false }],
  ["a number is a string", { ...BODY, timeout: "5" }],
  ["a null stands in a list", { ...BODY, url_list: [...BODY.url_list, null] }],
])("the digest of a body is another one if %s", (_, other) => expect(bodyDigest(other)).not.toBe(bodyDigest(BODY)));
