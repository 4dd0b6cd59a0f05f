import { afterEach, expect, test, vi } from "vitest";
import { NoAnswerError, UnreadableAnswerError } from "../../../client/api-client.ts";
import { createClient } from "../../../console/session/client.ts";
import { DENIED_BY_POLICY } from "../../../domain/validation/api-error.ts";

afterEach(() => vi.unstubAllGlobals());

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
  await expect(createClient("k", "https://api.example/prod/", onWrongKey).instances()).rejects.toThrow(message);
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
