import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { describe, expect, test, vi } from "vitest";
import { Agent, type AgentOptions } from "../../../agent/queue/agent.ts";
import { MessageQueue } from "../../../agent/queue/message-queue.ts";
import { ActiveRequests } from "../../../agent/work/active-requests.ts";
import { Results } from "../../../agent/work/results.ts";
import type { TaskMessage, TaskUrl } from "../../../domain/plan/task-message.ts";
import { formatTimestamp } from "../../../domain/request/timestamps.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { type Deferred, deferred, eventually } from "../deferred.ts";
import { type Answers, type FakeAws, fakeAws, Refusal } from "../fake-aws.ts";
import { taskMessage } from "../task-messages.ts";

const TASKS = "https://sqs.example/tasks";
const done = { Successful: [] };

function resultOf({ req_id, pop }: TaskMessage, { url }: TaskUrl): TaskResult {
  const pop_url = `${pop}#${url}`;
  return { task_key: `${req_id}#0`, pop_url, req_id, pop, url, ok: true, bytes: 1, ms: 1, attempts: 1, expire_at: 1 };
}

/** An agent before a queue of these messages (each a list of URLs), its table and what happened, in order. */
async function world(messages: readonly (readonly string[])[], answers: Answers = {}) {
  const waiting = messages.map((urls) => JSON.stringify(taskMessage({ urls: urls.map((url) => ({ url, bytes: 1 })) })));
  const log: string[] = [];
  let received = 0;
  const aws = await fakeAws({
    ReceiveMessage: async () => {
      if (waiting.length === 0) await sleep(100);
      return { Messages: waiting.splice(0, 10).map((Body) => ({ Body, ReceiptHandle: `r${received++}` })) };
    },
    GetItem: () => ({ Item: { active: { S: "y" } } }),
    BatchWriteItem: ({ RequestItems = {} }) => {
      for (const { PutRequest } of RequestItems["results"] ?? []) log.push(`stored ${PutRequest?.Item?.["url"]?.S}`);
      return {};
    },
    DeleteMessageBatch: ({ Entries = [] }) => {
      for (const { ReceiptHandle } of Entries) log.push(`deleted ${ReceiptHandle}`);
      return done;
    },
    SendMessage: ({ QueueUrl, MessageBody }) => {
      const { urls }: TaskMessage = JSON.parse(MessageBody ?? "");
      log.push(`${QueueUrl === TASKS ? "sent" : "buried"} ${urls.map(({ url }) => url)}`);
      return { MessageId: "m" };
    },
    ...answers,
  });
  const start = (options: Partial<AgentOptions> = {}) => {
    const agent = new Agent({
      queue: new MessageQueue(aws.sqs, TASKS, "https://sqs.example/dead"),
      results: new Results(aws.db, "results", pino({ level: "silent" })),
      requests: new ActiveRequests(aws.db, "requests"),
      run: async (message, url) => resultOf(message, url),
      retire: () => Promise.reject(new Error("unplanned: retire")),
      visibilitySeconds: 120,
      idleMs: 60_000,
      stallMs: 60_000,
      memoryBytes: 4e9,
      logger: pino({ level: "silent" }),
      ...options,
    });
    return { stop: () => agent.stop(), ended: agent.run() };
  };
  return { aws, log, start, received: () => received };
}

/** Downloads that last until they are told to end. */
function downloads() {
  const running = new Map<string, Deferred<Partial<TaskResult>>>();
  const run = async (message: TaskMessage, url: TaskUrl) => {
    const download = deferred<Partial<TaskResult>>();
    running.set(url.url, download);
    return { ...resultOf(message, url), ...(await download.promise) };
  };
  return {
    running,
    run,
    endAll: (how: Partial<TaskResult> = {}) => running.forEach(({ resolve }) => void resolve(how)),
  };
}

const numbered = (n: number, name = "u") => Array.from({ length: n }, (_, i) => [`${name}${i}`]);
const count = (log: readonly string[], word: string) => log.filter((line) => line.startsWith(word)).length;

test("all that is in the queue is downloaded, stored and only then deleted", async () => {
  const { log, start } = await world([["a", "b"], ...numbered(33)]);
  const { stop, ended } = start();
  await eventually(() => count(log, "deleted")).toBe(34);
  stop();
  await ended;
  expect(count(log, "stored")).toBe(35);
  expect(log.indexOf("deleted r0")).toBeGreaterThan(Math.max(log.indexOf("stored a"), log.indexOf("stored b")));
  numbered(33).forEach(
    ([url], i) => void expect(log.indexOf(`deleted r${i + 1}`)).toBeGreaterThan(log.indexOf(`stored ${url}`)),
  );
});

test("it takes as much as it can do and a little more, and leaves the rest to others", async () => {
  const { start, received } = await world(numbered(500));
  const { running, run, endAll } = downloads();
  const { stop, ended } = start({ run });
  await eventually(() => running.size).toBeGreaterThanOrEqual(32);
  await sleep(100);
  // As many again wait for a slot, and three calls were under way when that became so.
  expect(received()).toBeGreaterThanOrEqual(64);
  expect(received()).toBeLessThanOrEqual(100);
  // After a second it tries whether more at once bring more.
  await eventually(() => running.size).toBe(64);
  // And takes more for that, though none has ended: large files take minutes.
  await eventually(received).toBeGreaterThanOrEqual(128);
  stop();
  endAll();
  await ended;
});

describe("stop", () => {
  test("what has not begun goes back at once, what runs is finished and stored, then run() resolves", async () => {
    const { aws, log, start } = await world(numbered(60));
    const { running, run, endAll } = downloads();
    const { stop, ended } = start({ run });
    let over = false;
    void ended.then(() => {
      over = true;
    });
    await eventually(() => aws.asked("ReceiveMessage").length).toBeGreaterThan(8);
    // 32, and ten more if the machine is so slow that a second is over.
    const begun = running.size;
    stop();
    await eventually(() => count(log, "deleted")).toBe(60 - begun);
    expect(running.size).toBe(begun);
    const left = numbered(60).flatMap(([url = ""]) => (running.has(url) ? [] : [`sent ${url}`]));
    expect(log.filter((line) => line.startsWith("sent")).sort()).toEqual(left.sort());
    await sleep(150);
    const receives = aws.asked("ReceiveMessage").length;
    await sleep(150);
    expect(aws.asked("ReceiveMessage")).toHaveLength(receives);
    expect([running.size, count(log, "stored"), over]).toEqual([begun, 0, false]);
    endAll();
    await ended;
    expect([count(log, "stored"), count(log, "deleted"), count(log, "sent")]).toEqual([begun, 60, 60 - begun]);
  });

  test("messages that were on their way go back, too", async () => {
    const arriving = deferred<object>();
    let calls = 0;
    const Body = JSON.stringify(taskMessage({ urls: [{ url: "late", bytes: 1 }] }));
    const { log, start } = await world([], {
      ReceiveMessage: async () => {
        if (calls++ > 0) return {};
        await arriving.promise;
        return { Messages: [{ Body, ReceiptHandle: "r" }] };
      },
    });
    const { stop, ended } = start();
    await eventually(() => calls).toBeGreaterThan(0);
    stop();
    arriving.resolve({});
    await ended;
    expect(log).toEqual(["sent late", "deleted r"]);
  });

  test("downloads that were cut off by it are nobody's failure", async () => {
    const { log, start } = await world([["a"], ["b"]]);
    const { running, run } = downloads();
    const { stop, ended } = start({ run });
    await eventually(() => running.size).toBe(2);
    stop();
    running.get("a")?.resolve({ ok: false, error: "STOPPED: the agent has stopped" });
    running.get("b")?.reject(new Error("the agent has stopped"));
    await ended;
    expect(log.sort()).toEqual(["deleted r0", "deleted r1", "sent a", "sent b"]);
  });

  test("of an agent that has nothing is quick", async () => {
    const { start } = await world([]);
    const { stop, ended } = start();
    await sleep(50);
    const begun = performance.now();
    stop();
    await ended;
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

test("one message that cannot be handled does not stop the others", async () => {
  let refused = 0;
  const { log, start } = await world([["lost"], ["kept"]], {
    BatchWriteItem: ({ RequestItems = {} }) => {
      const urls = (RequestItems["results"] ?? []).map(({ PutRequest }) => PutRequest?.Item?.["url"]?.S);
      if (urls.includes("lost") && refused++ === 0) throw new Refusal("ValidationException");
      log.push(...urls.map((url) => `stored ${url}`));
      return {};
    },
    ChangeMessageVisibilityBatch: () => {
      throw new Refusal("OverLimit");
    },
  });
  const { stop, ended } = start({
    run: async (message, url) => {
      if (url.url === "kept") await sleep(100);
      return resultOf(message, url);
    },
  });
  await eventually(() => log).toContain("deleted r1");
  stop();
  await ended;
  expect(log).toEqual(["stored kept", "deleted r1"]);
});

test("a queue that cannot be read is asked again after a while", async () => {
  let calls = 0;
  const { start } = await world([], {
    ReceiveMessage: async () => {
      calls++;
      throw new Refusal("KmsThrottled");
    },
  });
  const { stop, ended } = start();
  await eventually(() => calls).toBe(3);
  await sleep(300);
  expect(calls).toBe(3);
  await eventually(() => calls).toBeGreaterThanOrEqual(6);
  stop();
  await ended;
});

describe("it looks after requests", () => {
  const time = (secondsAgo: number) => ({ S: formatTimestamp(new Date(Date.now() - secondsAgo * 1_000)) });
  /** Moved so many seconds ago; its time is up so many seconds ago (or is to come). */
  const request = (req_id: string, status: string, moved: number, timeout = -60) => ({
    ...{ req_id: { S: req_id }, status: { S: status }, last_update_time: time(moved), timeout_at: time(timeout) },
  });
  const attributes = (ApproximateNumberOfMessages: string) => () => ({ Attributes: { ApproximateNumberOfMessages } });
  const recounted = (aws: FakeAws) => new Set(aws.asked("UpdateItem").map(({ Key }) => Key?.["req_id"]?.S));

  test("when none is active for a while, it leaves the group and stops by itself", async () => {
    const { aws, start } = await world([], { Query: () => ({ Items: [] }) });
    const retire = vi.fn(() => Promise.resolve());
    const begun = performance.now();
    await start({ retire, stallMs: 50, idleMs: 300 }).ended;
    expect(performance.now() - begun).toBeGreaterThanOrEqual(300);
    expect(retire).toHaveBeenCalledOnce();
    expect(aws.asked("Query")[0]).toMatchObject({ TableName: "requests", IndexName: "active" });
  });

  test("while one is, it stays, and asks for a recount of those that stall", async () => {
    const Items = () => [
      request("moves", "IN_PROGRESS", 0),
      request("stalls", "IN_PROGRESS", 60),
      request("new", "CREATED", 60),
    ];
    const { aws, start } = await world([], {
      Query: () => ({ Items: Items() }),
      GetQueueAttributes: attributes("0"),
      UpdateItem: () => ({}),
    });
    const { stop, ended } = start({ stallMs: 200, idleMs: 200 });
    await eventually(() => aws.asked("UpdateItem").length).toBeGreaterThan(0);
    stop();
    await ended;
    expect(recounted(aws)).toEqual(new Set(["stalls"]));
  });

  test("with messages left, stalling takes longer", async () => {
    const { aws, start } = await world([], {
      Query: () => ({ Items: [request("stalls", "IN_PROGRESS", 1)] }),
      GetQueueAttributes: attributes("1"),
    });
    const { stop, ended } = start({ stallMs: 200, idleMs: 200 });
    await eventually(() => aws.asked("GetQueueAttributes").length).toBeGreaterThan(2);
    stop();
    await ended;
  });

  test("a long download is work: only a request that nobody ended is recounted meanwhile", async () => {
    const Items = () => [request("stalls", "IN_PROGRESS", 60), request("overdue", "IN_PROGRESS", 0, 150)];
    const { aws, start } = await world([["long"]], { Query: () => ({ Items: Items() }), UpdateItem: () => ({}) });
    const { running, run, endAll } = downloads();
    // Idle is what an agent is that has done nothing for a stall; this one begins within it.
    const { stop, ended } = start({ run, stallMs: 400, idleMs: 400 });
    await eventually(() => running.size).toBe(1);
    await eventually(() => aws.asked("UpdateItem").length).toBeGreaterThan(2);
    stop();
    endAll();
    await ended;
    expect(recounted(aws)).toEqual(new Set(["overdue"]));
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
    await start({ retire, stallMs: 30, idleMs: 60 }).ended;
    expect(retire).toHaveBeenCalledOnce();
  });

  test("an agent that cannot leave goes on, and tries again", async () => {
    const { log, start } = await world([], { Query: () => ({ Items: [] }) });
    const retire = vi.fn(() => Promise.resolve()).mockRejectedValueOnce(new Error("ScalingActivityInProgress"));
    await start({ retire, stallMs: 30, idleMs: 60 }).ended;
    expect(retire).toHaveBeenCalledTimes(2);
    expect(log).toEqual([]);
  });
});
