// What messages have from a request and from a lead, where no two values are equal: what is taken from the wrong place is seen.
import { expect, test } from "vitest";
import { promoteFollowers } from "../../../domain/plan/followers.ts";
import { targetKey } from "../../../domain/plan/target.ts";
import { taskKey } from "../../../domain/plan/task.ts";
import { messagesOf, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { fullTaskMessage } from "../../agent/task-messages.ts";
import { collect } from "../../collect.ts";
import { Distinct } from "../../distinct.ts";
import { fullRequest, target } from "../../lambdas/items.ts";

const lead = fullTaskMessage();
const [first, second] = lead.urls;

test("a message is read as it was written, with all that it may have", () => {
  expect(taskMessageSchema.parse(JSON.parse(JSON.stringify(lead)))).toEqual(lead);
});

test("a request's messages have its headers, variants, proof, shards and limits, and their task's POP, host and followers", async () => {
  const d = new Distinct(21);
  const item = fullRequest();
  const [leads, follows] = [d.pop(), d.pop()].map((pop) => {
    const label = d.id("label");
    return { ...target(pop, { label }), target: targetKey(pop, label), ips: [d.ip(), d.ip()] };
  });
  if (leads === undefined || follows === undefined) throw new Error("no targets");
  const task = { target: leads, host: d.host(), url: { url: d.url(), bytes: d.bytes() }, followers: [follows] };
  expect(await collect(messagesOf(item, [task], { maxUrls: 10 }))).toEqual([
    {
      req_id: item.req_id,
      header: item.header,
      variants: item.variants,
      verify: item.verify,
      shards: item.shards,
      origin: item.origin,
      pop: leads.pop,
      ips: leads.ips,
      host: task.host,
      urls: [task.url],
      followers: [{ pop: follows.pop, ips: follows.ips }],
    },
  ]);
});

test("followers have the lead's request and host, and addresses of their own", () => {
  const ended = lead.urls.map((url) => ({ url, result: { ok: true } }));
  const { messages, skipped } = promoteFollowers(lead, ended, false, 1_800_000_555);
  const { req_id, header, variants, verify, shards, origin, host } = lead;
  // The attempts at the lead's POP are not theirs.
  const urls = lead.urls.map(({ attempts: _, first_attempt_at: __, ...url }) => url);
  const shared = { req_id, header, variants, verify, shards, origin, host, urls };
  expect(messages).toEqual(
    (lead.followers ?? []).map((follower) => ({ ...shared, ...follower, follows: true, led_by: lead.pop })),
  );
  expect(skipped).toEqual([]);
});

test("a decided task has its own POP, URL and variant, the lead's request, and the time that is given", () => {
  const result = { ok: false, reason: "http_4xx", error: "HTTP 404" } as const;
  const ended = [first, second].flatMap((url) => (url === undefined ? [] : [{ url, result }]));
  const { messages, skipped } = promoteFollowers({ ...lead, origin_failures: 1 }, ended, false, 1_800_000_555);
  expect(messages).toEqual([]);
  const { req_id, shards } = lead;
  const tasks = (lead.followers ?? []).flatMap(({ pop }) =>
    ended.map(({ url: { url, variant } }) => ({ pop, url, variant })),
  );
  expect(skipped).toMatchObject(
    tasks.map((task) => ({ ...taskKey(req_id, task, shards), ...task, req_id, expire_at: 1_800_000_555 })),
  );
  expect(skipped[0]?.error).toContain(lead.first_failure);
});
