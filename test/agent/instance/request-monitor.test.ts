import { text } from "node:stream/consumers";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { describe, expect, test, vi } from "vitest";
import { retire } from "../../../agent/instance/request-monitor.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { serve } from "../../serve.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { type Answers, Refusal } from "../fake-aws.ts";
import { downloads, world } from "../receive/agent-world.ts";

useVirtualClock({ idleMs: 2 });

describe("an agent looks after requests", () => {
  const time = (secondsAgo: number) => ({ S: formatTimestamp(Date.now() - secondsAgo * 1_000) });
  /** Moved so many seconds ago; its time is up so many seconds ago (or is to come). */
  const request = (req_id: string, status: string, moved: number, timeout = -60) => ({
    req_id: { S: req_id },
    status: { S: status },
    last_update_time: time(moved),
    timeout_at: time(timeout),
    active: { S: "y" },
    lane: { S: "main" },
    expire_at: { N: "1" },
    instance_count: { N: "1" },
    total_count: { N: "9" },
    requeues: { N: "0" },
    download_count: { N: "3" },
    download_size: { N: "0" },
    failed_count: { N: "0" },
  });
  type Requests = () => ReturnType<typeof request>[];
  /** Answers of a stack with these requests, without any progress, and with so many messages queued. */
  const stack = (requests: Requests, messages = "0") => ({
    Query: ({ IndexName }: { IndexName?: string | undefined }) => ({ Items: IndexName === "active" ? requests() : [] }),
    GetItem: ({ Key }: { Key?: Record<string, { S?: string }> | undefined }) => ({
      Item: requests().find(({ req_id }) => req_id.S === Key?.["req_id"]?.S),
    }),
    GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: messages } }),
    PutItem: () => ({}),
  });

  test("when none is active for a while, it leaves the group and stops by itself", async () => {
    const { aws, start } = await world([], { Query: () => ({ Items: [] }) });
    const retire = vi.fn(() => Promise.resolve());
    const begun = performance.now();
    await start({ retire, stallSeconds: 1, retireMs: 300 }).ended;
    expect(performance.now() - begun).toBeGreaterThanOrEqual(300);
    expect(retire).toHaveBeenCalledOnce();
    expect(aws.asked("Query")[0]).toMatchObject({ TableName: "requests", IndexName: "active" });
  });

  /** Runs an agent before these answers until something holds. @returns the requests whose settlement check it requested */
  async function watch(
    answers: Answers,
    until: (seen: Pick<Awaited<ReturnType<typeof world>>, "aws" | "checked">) => boolean,
    options: Parameters<Awaited<ReturnType<typeof world>>["start"]>[0] = {},
  ) {
    const { aws, checked, start } = await world([], answers);
    const { stop, ended } = start({ stallSeconds: 3, retireMs: 200, ...options });
    await eventually(() => until({ aws, checked })).toBe(true);
    stop();
    await ended;
    return { aws, checked: [...new Set(checked)] };
  }
  const someChecked: Parameters<typeof watch>[1] = ({ checked }) => checked.length > 0;
  const stalls = () => request("stalls", "IN_PROGRESS", 60);
  const overdue = (status = "IN_PROGRESS") => request("overdue", status, 60, 150);

  test("while one is, it stays, and requests a settlement check of those that are stalled", async () => {
    const Items = () => [request("moves", "IN_PROGRESS", 0), stalls(), request("new", "CREATED", 60)];
    const { aws, checked } = await watch(stack(Items), someChecked);
    expect(checked).toEqual(["stalls"]);
    // One at a time may ask, of all agents.
    expect(aws.asked("PutItem")[0]).toMatchObject({ TableName: "progress", Item: { key: { S: "ask#stalls" } } });
  });

  test("a request whose progress cannot be read is passed over, and holds up no other", async () => {
    const answers = stack(() => [request("broken", "IN_PROGRESS", 60), stalls()]);
    const Query: Answers["Query"] = (input) => {
      if (JSON.stringify(input.ExpressionAttributeValues ?? {}).includes("broken"))
        throw new Refusal("ValidationException");
      return answers.Query(input);
    };
    expect((await watch({ ...answers, Query }, someChecked)).checked).toEqual(["stalls"]);
  });

  test.each(["the progress", "the depth of the queue"])(
    "an overdue request gets its settlement check also while %s cannot be read",
    async (unread) => {
      const answers = stack(() => [overdue()]);
      const refuse = () => {
        throw new Refusal("ValidationException");
      };
      const { checked } = await watch(
        {
          ...answers,
          Query: (input) =>
            input.IndexName !== "active" && unread === "the progress" ? refuse() : answers.Query(input),
          GetQueueAttributes: () => (unread === "the depth of the queue" ? refuse() : answers.GetQueueAttributes()),
        },
        someChecked,
        { stallSeconds: 1 },
      );
      expect(checked).toEqual(["overdue"]);
    },
  );

  test("an overdue request that has ended, though the index still lists it, gets no settlement check", async () => {
    const answers = stack(() => [overdue("SUCCESS")]);
    const GetItem: Answers["GetItem"] = (input) => {
      const { active: _, ...Item } = { ...answers.GetItem(input).Item };
      return { Item };
    };
    const until: Parameters<typeof watch>[1] = ({ aws }) => aws.asked("GetItem").length > 1;
    expect((await watch({ ...answers, GetItem }, until, { stallSeconds: 1 })).checked).toEqual([]);
  });

  test("messages that wait for instances, and nobody at work, request no settlement check", async () => {
    const until: Parameters<typeof watch>[1] = ({ aws }) => aws.asked("GetQueueAttributes").length > 2;
    expect(
      (
        await watch(
          stack(() => [stalls()], "1"),
          until,
        )
      ).checked,
    ).toEqual([]);
  });

  test("a settlement check that was requested is not requested again", async () => {
    const PutItem = () => {
      throw new Refusal("ConditionalCheckFailedException");
    };
    const until: Parameters<typeof watch>[1] = ({ aws }) => aws.asked("PutItem").length > 1;
    expect((await watch({ ...stack(() => [stalls()]), PutItem }, until)).checked).toEqual([]);
  });

  test("a long download is work: only a request that nobody ended gets a settlement check meanwhile", async () => {
    const Items = () => [stalls(), request("overdue", "IN_PROGRESS", 0, 150)];
    const { GetItem, ...answers } = stack(Items);
    const { checked, start } = await world([["long"]], {
      ...answers,
      GetItem: (input) => (input.Key?.["req_id"]?.S === "overdue" ? GetItem(input) : { Item: { active: { S: "y" } } }),
    });
    const { running, download, endAll } = downloads();
    // Idle is what an agent is that has done nothing for a while; this one begins within it.
    const { stop, ended } = start({ download, stallSeconds: 6, retireMs: 400 });
    await eventually(() => running.size).toBe(1);
    await eventually(() => checked.length).toBeGreaterThan(2);
    stop();
    endAll();
    await ended;
    expect(new Set(checked)).toEqual(new Set(["overdue"]));
  });

  test("a table that cannot be read is read again", async () => {
    let calls = 0;
    const { start } = await world([], {
      Query: () => {
        if (calls++ === 0) throw new Refusal("InternalServerError", 500);
        return { Items: [] };
      },
    });
    const retire = vi.fn(() => Promise.resolve());
    await start({ retire, stallSeconds: 0.5, retireMs: 60 }).ended;
    expect(retire).toHaveBeenCalledOnce();
  });

  test("an agent that cannot leave goes on, and tries again", async () => {
    const { log, start } = await world([], { Query: () => ({ Items: [] }) });
    const retire = vi.fn(() => Promise.resolve()).mockRejectedValueOnce(new Error("ScalingActivityInProgress"));
    await start({ retire, stallSeconds: 0.5, retireMs: 60 }).ended;
    expect(retire).toHaveBeenCalledTimes(2);
    expect(log).toEqual([]);
  });
});

test("an instance leaves its group for good: the group wants one less", async () => {
  const bodies: string[] = [];
  const endpoint = await serve(async (request, response) => {
    bodies.push(await text(request));
    response
      .writeHead(200, { "content-type": "text/xml" })
      .end('<TerminateInstanceInAutoScalingGroupResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"/>');
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  await retire(new AutoScalingClient({ endpoint, region: "eu-west-1", credentials }), "i-1");
  expect(bodies.map((body) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
    {
      Action: "TerminateInstanceInAutoScalingGroup",
      Version: "2011-01-01",
      InstanceId: "i-1",
      ShouldDecrementDesiredCapacity: "true",
    },
  ]);
});
