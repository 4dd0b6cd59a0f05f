// The Postman collection of docs/postman/, run by newman against a deployed stack: it warms a URL, and all that it checks is good.
import { expect, test } from "vitest";
import { runCollection } from "../../../tools/description/run-collection.ts";
import { HOST } from "../../../tools/local/world.ts";
import { urls } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";

const running = deployedStack();

test("the collection is green from its first call to its last", async () => {
  const { apiUrl, apiKey } = running().prewarm;
  const [url = ""] = urls("/css/site.css");
  const { calls, failures } = await runCollection({
    endpoint: apiUrl,
    key: apiKey,
    url,
    cf_domain: HOST,
    pop: "SIN2-P1",
  });
  expect(failures).toEqual([]);
  expect(calls).toEqual(expect.arrayContaining(["Start a request", "Progress", "Summary", "Without a key"]));
});

test("with a wrong key, it is red", async () => {
  const { failures } = await runCollection({ endpoint: running().prewarm.apiUrl, key: "wrong" });
  expect(failures).toEqual(expect.arrayContaining([expect.stringMatching(/^Start a request: HTTP 200/)]));
});
