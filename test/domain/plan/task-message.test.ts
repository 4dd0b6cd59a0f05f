import { describe, expect, it } from "vitest";
import { type TaskMessage, taskMessageSchema } from "../../../domain/plan/task-message.ts";

const message: TaskMessage = {
  req_id: "r1",
  pop: "SIN2-P1",
  ips: ["192.0.2.1"],
  host: "d111111abcdef8.cloudfront.net",
  header: [],
  shards: 1,
  urls: [
    { url: "https://cdn.example.com/a.js", bytes: 10 },
    { url: "https://cdn.example.com/b.js", bytes: null },
  ],
};

describe("a task message", () => {
  it("is what both sides agree on", () => {
    expect(taskMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  it("of a newer release is read without what is new in it", () => {
    expect(taskMessageSchema.parse({ ...message, added_by_a_newer_release: { any: ["thing"] } })).toEqual(message);
  });

  it.each(Object.keys(message))("is not valid without %s", (field) => {
    expect(taskMessageSchema.safeParse({ ...message, [field]: undefined }).success).toBe(false);
  });

  it.each([
    ["no request", { req_id: "" }],
    ["no host", { host: "" }],
    ["no address", { ips: [] }],
    ["an empty address", { ips: [""] }],
    ["no URL", { urls: [] }],
    ["an empty URL", { urls: [{ url: "", bytes: 1 }] }],
    ["a URL without a size", { urls: [{ url: "https://a.example/" }] }],
    ["a negative size", { urls: [{ url: "https://a.example/", bytes: -1 }] }],
    ["a size in words", { urls: [{ url: "https://a.example/", bytes: "1" }] }],
    ["no shard", { shards: 0 }],
    ["half a shard", { shards: 1.5 }],
    ["a header that is no list", { header: "A: 1" }],
  ])("is not valid with %s", (_, change) => {
    expect(taskMessageSchema.safeParse({ ...message, ...change }).success).toBe(false);
  });
});

it.each([undefined, null, 7, "cf_domain", ["cf_domain"], true])("a body that is no object is rejected: %j", (body) => {
  expect(taskMessageSchema.safeParse(body).success).toBe(false);
});
