import { expect, test } from "vitest";
import { findRequest, pick } from "../../../cli/api/find-request.ts";
import { requestsSchema } from "../../../client/answers.ts";
import { progress } from "../progress.ts";

const ids = ["e059b77b-e427-4489-a50b-4d8c652f114c", "e05a0000-0000-4000-8000-000000000000"];
const list = requestsSchema.parse({
  timestamp: progress().timestamp,
  requests: ids.map((request_id) => ({ ...progress(), request_id, url_count: 1, url_prefix: "https://a/" })),
  next: null,
});
const old = "11111111-1111-4111-8111-111111111111";

test("the beginning of an id is enough, if only one has it; a whole one need not be in the list", () => {
  expect(pick(list.requests, "e059")).toMatchObject({ id: ids[0], listed: { request_id: ids[0] } });
  expect(pick(list.requests, old)).toEqual({ id: old, listed: undefined });
  expect(() => pick(list.requests, "e05")).toThrow(`'e05' is the beginning of 2 ids:\n  ${ids[0]}`);
  expect(() => pick(list.requests, "f")).toThrow("no request begins with 'f' among the newest 2");
  expect(() => pick(list.requests, "")).toThrow("no request begins");
});

test("without an id it is the newest", async () => {
  const client = { requests: async () => ({ value: list, json: {} }) };
  expect((await findRequest(client, undefined)).id).toBe(ids[0]);
  expect((await findRequest(client, " E059B77B ")).id).toBe(ids[0]);
  const empty = { requests: async () => ({ value: { ...list, requests: [] }, json: {} }) };
  await expect(findRequest(empty, undefined)).rejects.toThrow("there is no request yet");
});
