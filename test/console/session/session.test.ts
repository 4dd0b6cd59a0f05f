import { NoAnswerError, UnreadableAnswerError } from "../../../client/api-client.ts";
import { delayOf } from "../../../console/api/pace.ts";
import { apiBase, createClient } from "../../../console/session/client.ts";
import { connectionAfter, NO_CONNECTION } from "../../../console/session/connection.ts";
import { isThisMachine } from "../../../console/session/is-this-machine.ts";
import { readPreferences } from "../../../console/session/preferences.ts";
import { DENIED_BY_POLICY } from "../../../domain/validation/api-error.ts";

test.each([
  ["no key", 1],
  [DENIED_BY_POLICY, 0],
])("403 '%s' is told %i times to who keeps the key, and to who asked; no answer is cached", async (message, times) => {
  const asked: RequestInit[] = [];
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    asked.push(init);
    return new Response(JSON.stringify({ message }), { status: 403 });
  });
  const onWrongKey = vi.fn();
  await expect(createClient("k", "https://api.example/prod/", { onWrongKey }).instances()).rejects.toThrow(message);
  expect(onWrongKey).toHaveBeenCalledTimes(times);
  expect(asked).toMatchObject([{ credentials: "omit", cache: "no-store", headers: { "x-api-key": "k" } }]);
});

test.each([
  ["<html>", NoAnswerError],
  ["{}", UnreadableAnswerError],
])("an answer %s is a %s", async (text, kind) => {
  vi.stubGlobal("fetch", async () => new Response(text));
  await expect(createClient("k", "https://api.example/prod/").instances()).rejects.toBeInstanceOf(kind);
});

test.each([
  [() => Response.json({ desiredcapacity: 1 }), undefined],
  [() => Response.json({ error_message: "Unknown" }, { status: 404 }), undefined],
  [() => Response.json({ error_message: "Internal error" }, { status: 500 }), "failed"],
  [() => Response.json({ message: "Too many" }, { status: 429 }), "failed"],
  [() => Response.json({}), "failed"],
  [() => new Response("<html>"), "noAnswer"],
  [() => Promise.reject(new TypeError("fetch failed")), "noAnswer"],
] as const)("the connection after a call, %#: %s", async (answer, failure) => {
  vi.stubGlobal("fetch", async () => answer());
  let connection = NO_CONNECTION;
  const client = createClient("k", "https://api.example/prod/", {
    onCall: (error) => {
      connection = connectionAfter(connection, error, 7);
    },
  });
  await client.instances().catch(() => {});
  expect(connection.failure).toBe(failure);
  if (failure === undefined) expect(connection.answeredAt).toBe(7);
});

test.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["[::1]", true],
  ["a1b2c3.execute-api.us-east-1.amazonaws.com", false],
  ["127.0.0.1.example.com", false],
])("%s: %s", (hostname, is) => expect(isThisMachine(hostname)).toBe(is));

it.each([
  [null, ["zh-CN", "en"], { language: "zh", theme: "auto", shortcuts: true }],
  [null, ["de", "en-GB"], { language: "en", theme: "auto", shortcuts: true }],
  [null, [], { language: "en", theme: "auto", shortcuts: true }],
  ['{"language":"en","theme":"dark","shortcuts":false}', ["zh"], { language: "en", theme: "dark", shortcuts: false }],
  ['{"language":"xx","theme":7}', ["zh"], { language: "zh", theme: "auto", shortcuts: true }],
  ["broken", ["en"], { language: "en", theme: "auto", shortcuts: true }],
  ["null", ["en"], { language: "en", theme: "auto", shortcuts: true }],
])("%s with %o", (stored, languages, preferences) => expect(readPreferences(stored, languages)).toEqual(preferences));

it("asks in its rhythm, seldom in a tab that nobody looks at, and less and less where there is no answer", () => {
  expect(delayOf(2_000, 0, false)).toBe(2_000);
  expect(delayOf(2_000, 0, true)).toBe(30_000);
  expect([1, 2, 3, 4, 5, 50].map((failures) => delayOf(2_000, failures, false) / 1_000)).toEqual([2, 4, 8, 16, 30, 30]);
});

it.each([
  [
    "https://a.execute-api.eu-west-1.amazonaws.com/prod/console/index.html#/r/x",
    "https://a.execute-api.eu-west-1.amazonaws.com/prod/",
  ],
  ["http://localhost:8480/prod/console/index.html?x=../..#../", "http://localhost:8480/prod/"],
])("the API of %s is %s", (page, api) => expect(apiBase(page)).toBe(api));
