// The command's client against a server that answers as it is told.
import type { IncomingMessage } from "node:http";
import { Client } from "../../../cli/api/client.ts";
import { findRequest } from "../../../cli/api/find-request.ts";
import { CommandError } from "../../../cli/command-error.ts";
import { requestsSchema } from "../../../client/answers.ts";
import { DENIED_BY_POLICY } from "../../../domain/validation/api-error.ts";
import { freePort } from "../../../tools/local/ports.ts";
import { serve } from "../../serve.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { progress } from "../progress.ts";

useVirtualClock({ idleMs: 2 });

type Reply = readonly [status: number, body: string, headers?: Record<string, string>];

/** A client of a server that gives these replies in turn, the last one again and again; and what it was asked. */
async function clientOf(...replies: readonly Reply[]) {
  const asked: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    const [status, body, headers = {}] = replies[Math.min(asked.length, replies.length - 1)] ?? [500, ""];
    asked.push(request);
    response.writeHead(status, headers).end(body);
  });
  return { asked, client: new Client({ url: `${url}/prod/`, key: "k", from: "a test" }) };
}

const refusal = (message: string) =>
  JSON.stringify({ status: "Failed", error_message: message, error_urls: ["ftp://x"] });

test.each([
  [
    400,
    refusal("timeout: is required"),
    "timeout: is required\nOther invalid URLs:\n  ftp://x",
    "No request was created.",
  ],
  [403, JSON.stringify({ message: "Forbidden" }), "Forbidden", "prewarmapikeyoutput"],
  [403, refusal(DENIED_BY_POLICY), "denies calls from this address", "allowedCidrs"],
  [
    403,
    JSON.stringify({ message: "User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:x" }),
    "anonymous",
    "allowedCidrs",
  ],
  [404, refusal("no such request"), "no such request", "prewarm list"],
  [409, refusal("it is IN_PROGRESS"), "it is IN_PROGRESS", "prewarm status"],
  [413, "{}", "HTTP 413", "Split the list"],
  [418, "a teapot", "HTTP 418", "ends in /prod/"],
])("HTTP %i has a next step", async (status, body, message, next) => {
  const { client, asked } = await clientOf([status, body]);
  await expect(client.instances()).rejects.toSatisfy(
    (it) => it instanceof CommandError && it.message.includes(message) && it.nextStep().includes(next),
  );
  expect(asked).toHaveLength(1);
});

/** What a refusal is told as. */
async function told(status: number, said: object) {
  const { client } = await clientOf([status, JSON.stringify(said)]);
  return client.instances().then(
    () => expect.fail("it was refused"),
    (error: CommandError) => ({ message: error.message, next: error.nextStep() }),
  );
}

test("a bad URL that the message names is not listed again", async () => {
  const error_message = "url_list: 'ftp://x' has the scheme ftp";
  expect((await told(400, { error_message, error_urls: ["ftp://x", "y"] })).message).toBe(
    `${error_message}\nOther invalid URLs:\n  y`,
  );
  const file = await told(400, { error_message: "url_list: 'urls.txt' is not an absolute URL; …", error_urls: [] });
  expect(file.next).toContain("--file");
});

test.each([
  ["IN_PROGRESS; it can be retried after it has ended", "`prewarm status e059b77b --watch` waits"],
  ["FINISHED, and it has no tasks to retry", "`prewarm status e059b77b` shows"],
])("a conflict names what to run, with the id: %s", async (why, next) => {
  const error_message = `retry_of: the request e059b77b-e427-4489-a50b-4d8c652f114c is ${why}`;
  expect((await told(409, { error_message })).next).toContain(next);
});

test("of hundreds of names that would be right, those that begin alike are told, and where the others are", async () => {
  const many = [...Array.from({ length: 30 }, (_, i) => `FRA${i}-C1`), "SIN2-P1", "SIN5-C1"].join(", ");
  const near = await told(400, { error_message: `pops: unknown 'sin'; known: ${many}` });
  expect(near.message).toBe("pops: unknown 'sin'; known: SIN2-P1, SIN5-C1, …");
  expect(near.next).toContain("`prewarm pops` lists all");
  expect((await told(400, { error_message: `pops: unknown 'XXX'; known: ${many}` })).message).toBe(
    "pops: unknown 'XXX'",
  );
  const few = "regions: unknown 'mars'; known: apac, au";
  expect((await told(400, { error_message: few })).message).toBe(few);
});

test("a 403 of an address that ends otherwise may be the address's", async () => {
  const { client } = await clientOf([403, JSON.stringify({ message: "Forbidden" })]);
  const elsewhere = new Client({ ...client.endpoint, url: client.endpoint.url.replace(/prod\/$/, "") });
  await expect(elsewhere.instances()).rejects.toSatisfy(
    (it) => it instanceof CommandError && it.nextStep().includes("ends in /prod/"),
  );
});

test("no answer at all, and an answer of something else", async () => {
  const url = `http://127.0.0.1:${await freePort()}/`;
  const silent = new Client({ url, key: "k", from: "/x/.local/endpoint.json" });
  await expect(silent.progress("r")).rejects.toMatchObject({
    message: `no response from ${url}: ECONNREFUSED`,
    next: expect.stringContaining("npm start"),
  });
  const { client } = await clientOf([200, "<html>"]);
  await expect(client.instances()).rejects.toThrow("it is not JSON");
});

const ids = ["e059b77b-e427-4489-a50b-4d8c652f114c", "e05a0000-0000-4000-8000-000000000000"];
const list = requestsSchema.parse({
  timestamp: progress().timestamp,
  requests: ids.map((request_id) => ({ ...progress(), request_id, url_count: 1, url_prefix: "https://a/" })),
  next: null,
});
const old = "11111111-1111-4111-8111-111111111111";

test("the beginning of an id is enough, if only one has it; a whole one need not be in the list", async () => {
  const find = (named: string) => findRequest({ requests: async () => ({ value: list, json: {} }) }, named);
  expect(await find("e059")).toMatchObject({ id: ids[0], listed: { request_id: ids[0] } });
  expect(await find(old)).toEqual({ id: old, listed: undefined });
  await expect(find("e05")).rejects.toThrow(`'e05' is ambiguous, because 2 ids begin with it:\n  ${ids[0]}`);
  await expect(find("f")).rejects.toThrow("no request has an id that begins with 'f'");
  await expect(find("")).rejects.toThrow("no request has an id");
});

test("without an id it is the newest", async () => {
  const client = { requests: async () => ({ value: list, json: {} }) };
  expect((await findRequest(client, undefined)).id).toBe(ids[0]);
  expect((await findRequest(client, " E059B77B ")).id).toBe(ids[0]);
  const empty = { requests: async () => ({ value: { ...list, requests: [] }, json: {} }) };
  await expect(findRequest(empty, undefined)).rejects.toThrow("there is no request yet");
});
