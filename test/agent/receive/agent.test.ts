import { setTimeout as sleep } from "node:timers/promises";
import { type AgentDeps, cachedStatus } from "../../../agent/receive/agent.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { deferred } from "../deferred.ts";
import { fakeQueue, fakeStore } from "../fake-deps.ts";
import { MemoryQueue } from "../memory-queue.ts";
import { taskMessage } from "../task-messages.ts";
import { goodAnswer, messageOf, numbered, startAgent } from "./agent-world.ts";
import { nameOf, urlOf } from "./work-world.ts";

useVirtualClock({ idleMs: 2 });

const urlsOf = ({ urls }: TaskMessage) => urls.map(({ url }) => nameOf(url)).join();

/** A queue, and what happens to its messages and results, in order. */
function world(...messages: TaskMessage[]) {
  const did: string[] = [];
  const main = new MemoryQueue(messages, (body) => did.push(`deleted ${urlsOf(JSON.parse(body))}`));
  const count = (word: string) => did.filter((line) => line.startsWith(word)).length;
  return { did, main, count, onStored: (url: string) => did.push(`stored ${url}`) };
}

/** Downloads that last until all are ended. */
function lasting() {
  const running = new Set<string>();
  const end = deferred();
  const fetch: AgentDeps["fetch"] = async (request) => {
    running.add(nameOf(request.target.href));
    await end.promise;
    return goodAnswer(request);
  };
  return { running, fetch, endAll: end.resolve };
}

test("all that is in the queue is downloaded, stored and only then deleted", async () => {
  const { did, count, ...deps } = world(messageOf("a", "b"), ...numbered(33));
  const { stop, ended } = startAgent(deps);
  await eventually(() => count("deleted")).toBe(34);
  stop();
  await ended;
  expect(count("stored")).toBe(35);
  for (const [n, line] of did.entries())
    if (line.startsWith("deleted"))
      for (const url of line.slice("deleted ".length).split(",")) expect(did.slice(0, n)).toContain(`stored ${url}`);
});

test("one message that cannot be handled does not stop the others", async () => {
  const { did, main } = world(messageOf("lost"), messageOf("kept"));
  main.setVisibilityTimeout = () => Promise.reject(new Error("no queue"));
  const { stop, ended } = startAgent({
    main,
    store: fakeStore({
      putGood: async ([first]) => (first?.url === urlOf("lost") ? Promise.reject(new Error("no table")) : []),
    }),
    fetch: async (request) => {
      if (request.target.href === urlOf("kept")) await sleep(100);
      return goodAnswer(request);
    },
  });
  await eventually(() => did).toContain("deleted kept");
  stop();
  await ended;
  expect(did).toEqual(["deleted kept"]);
});

test("a queue that cannot be read is asked again after a while", async () => {
  let calls = 0;
  const receive = () => {
    calls++;
    return Promise.reject(new Error("throttled"));
  };
  const unreadable = fakeQueue({ receive });
  const { stop, ended } = startAgent({ queue: { queues: { main: unreadable, express: unreadable } } });
  // One for each queue: as long as nothing is known of the messages, one is asked for.
  await eventually(() => calls).toBe(2);
  await sleep(300);
  expect(calls).toBe(2);
  await eventually(() => calls).toBeGreaterThanOrEqual(4);
  stop();
  await ended;
});

test("a small request with large files goes on while a huge one takes all slots for large files", async () => {
  const large = (reqId: string, n: number, bytes: number) =>
    taskMessage({
      req_id: reqId,
      pop: `P${n}`,
      verify: "off",
      downloads: 1,
      urls: [{ url: urlOf(`${reqId}/${n}`), bytes }],
    });
  const deleted: string[] = [];
  const main = new MemoryQueue(
    Array.from({ length: 20 }, (_, n) => large("huge", n, 1e9)),
    () => deleted.push("main"),
  );
  const express = new MemoryQueue([], () => deleted.push("express"));
  const { running, fetch, endAll } = lasting();
  const isSmall: AgentDeps["fetch"] = (request) =>
    request.message.req_id === "huge" ? fetch(request) : goodAnswer(request);
  const { stop, ended } = startAgent({ main, express, fetch: isSmall });
  await eventually(() => [...running]).toContain("huge/1");
  // Each was received in its queue, so it is deleted there.
  for (let n = 0; n < 3; n++) {
    await express.send([large("small", n, 2e7)]);
    await eventually(() => deleted, { timeoutMs: 2_000 }).toEqual(Array(n + 1).fill("express"));
  }
  stop();
  endAll();
  await ended;
});

test("its retirement hears for how long it had no message, and ends it", async () => {
  const heard: number[] = [];
  const check = async (idleMs: number) => heard.push(Math.round(idleMs / 1_000)) > 5;
  const fetch: AgentDeps["fetch"] = async (request) => {
    await sleep(17_200);
    return goodAnswer(request);
  };
  const { ended } = startAgent({ main: new MemoryQueue(numbered(1)), fetch, retirement: { check } });
  await ended;
  expect(heard).toEqual([0, 0, 0, 3, 8, 13]);
});

describe("stop", () => {
  test("what has not begun goes back at once, what runs is finished and stored, then serve() resolves", async () => {
    const { count, main, onStored } = world(...numbered(60));
    const { running, fetch, endAll } = lasting();
    const { stop, ended } = startAgent({ main, onStored, fetch });
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    await eventually(() => main.received).toBeGreaterThan(36);
    const begun = running.size;
    stop();
    await eventually(() => count("deleted")).toBe(main.received - begun);
    expect(running.size).toBe(begun);
    const { received, receives } = main;
    expect(received).toBeGreaterThan(begun);
    const left = numbered(received).map(urlsOf);
    expect(main.sent.map(urlsOf).toSorted()).toEqual(left.filter((url) => !running.has(url)).toSorted());
    await sleep(60_000);
    // A stop receives nothing more.
    expect([main.receives, running.size, count("stored"), isOver]).toEqual([receives, begun, 0, false]);
    endAll();
    await ended;
    expect([count("stored"), count("deleted"), main.sent.length]).toEqual([begun, received, received - begun]);
    expect(main.received).toBe(received);
  });

  test("messages that were on their way go back, too", async () => {
    const { did, main, onStored } = world();
    const { stop, ended } = startAgent({ main, onStored });
    await eventually(() => main.receives).toBeGreaterThan(0);
    stop();
    await main.send([messageOf("late")]);
    await ended;
    expect(did).toEqual(["deleted late"]);
    expect(main.sent.map(urlsOf)).toEqual(["late", "late"]);
  });
});

test("a request's status is believed for three seconds in each round, and a failure in none", async () => {
  const asked: string[] = [];
  let answer: () => Promise<boolean> = async () => true;
  const isActive = cachedStatus((reqId) => {
    asked.push(reqId);
    return answer();
  });
  for (const active of [true, false, true]) {
    answer = async () => active;
    expect(await isActive("a")).toBe(active);
    await sleep(2_999);
    expect([await isActive("a"), await isActive("b")]).toEqual([active, active]);
    expect(asked.splice(0)).toEqual(["a", "b"]);
    await sleep(3_000);
  }
  answer = () => Promise.reject(new Error("throttled"));
  expect([await isActive("a"), await isActive("a")]).toEqual([true, true]);
  answer = async () => false;
  expect(await isActive("a")).toBe(false);
  expect(asked).toEqual(["a", "a", "a"]);
});
