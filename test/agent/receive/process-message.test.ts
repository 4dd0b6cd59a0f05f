import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import { NotATaskError } from "../../../agent/fetch/request-headers.ts";
import { taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { deferred, turn } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";
import { activeFor, bad, bodyOf, bodyWith, done, fail, good, type Plan, run, start, urlOf } from "./work-world.ts";

const someBad = (url: string) =>
  url === "bad" ? Promise.reject(new NotATaskError("a url is not an http(s) URL")) : good();
/** The same message with its fields in the order of the schema. */
const asParsed = (body: string) => JSON.stringify(taskMessageSchema.parse(JSON.parse(body)));
const BOTH = ["active? q", "active? q", "download a", "download b"];

test.each([[["no-url", "a"]], [["a", "no-url"]]])(
  "a URL that no agent can request goes to the dead letters, and the rest of its message is done: %j",
  async (names) => {
    const urls = names.map((name) => ({ url: name === "a" ? urlOf("a") : name, bytes: null }));
    const { did } = await run(bodyWith({ urls }), { bury: done });
    expect(did).toContain("write a");
    expect(did.slice(-2)).toEqual([expect.stringMatching(/^bury .*: a url is not an http\(s\) URL$/), "delete r"]);
  },
);

test.each<[what: string, urls: string[], plan: Plan, did: string[]]>([
  [
    "is deleted after all its results are written, also where one is bad",
    ["a", "b"],
    { download: (url) => (url === "a" ? bad() : good()) },
    [...BOTH, "write a", "write b", "delete r"],
  ],
  [
    "is deleted without a download if its request is not active",
    ["a", "b"],
    { active: activeFor(0) },
    ["active? q", "active? q", "delete r"],
  ],
  [
    "that comes again is downloaded as far as no result stands",
    ["a", "b", "c"],
    { deliveries: 2, standing: async () => ["a", "c"] },
    ["standing? 3", "active? q", "download b", "write b", "delete r"],
  ],
  [
    "that comes again is downloaded as a whole if nobody can say what stands",
    ["a", "b"],
    { deliveries: 2, standing: fail("no table") },
    ["standing? 2", ...BOTH, "write a", "write b", "delete r"],
  ],
  [
    "returns if a result cannot be written",
    ["a"],
    { write: fail("no table"), hold: done },
    ["active? q", "download a", "write a", "hold r 20"],
  ],
  [
    "returns if a download throws",
    ["a"],
    { download: fail("a bug"), hold: done },
    ["active? q", "download a", "hold r 20"],
  ],
  [
    "goes to the dead letters as far as it is no task, after the rest is done",
    ["bad", "a"],
    { download: someBad, bury: done },
    [
      ...["active? q", "active? q", "download bad", "download a", "write a"],
      ...[`bury ${asParsed(bodyOf("bad"))}: a url is not an http(s) URL`, "delete r"],
    ],
  ],
  [
    "goes to no dead letters before what may pass has passed",
    ["bad", "a"],
    { download: someBad, write: fail("no table"), hold: done },
    ["active? q", "active? q", "download bad", "download a", "write a", "hold r 20"],
  ],
])("a message %s", async (_, urls, plan, did) => {
  expect((await run(bodyOf(...urls), plan)).did).toEqual(did);
});

test.each<[what: string, body: string, plan: Plan, last: string]>([
  // Its results stand, so that doing it again does no harm.
  ["deleted", bodyOf("a"), { delete: fail("no queue") }, "delete r"],
  ["given back", bodyOf("a"), { active: fail("no table"), hold: fail("no queue") }, "hold r 20"],
  ["put into the dead-letter queue", "{", { bury: fail("no queue") }, "bury {: not JSON"],
])("a message is left to its timeout when it cannot be %s", async (_, body, plan, last) => {
  const { did, ended } = start(body, plan);
  await expect(ended).rejects.toThrow("no queue");
  expect(did.at(-1)).toBe(last);
});

const without = (...fields: string[]) =>
  JSON.stringify({ ...taskMessage(), ...Object.fromEntries(fields.map((field) => [field, undefined])) });

test.each([
  ["no JSON", "{", /^bury \{: not JSON$/],
  ["two fields missing", without("pop", "shards"), /: pop: .*; shards: \S/],
])(
  "a message that is no task goes to the dead letters with the reason, and is deleted then: %s",
  async (_, body, reason) => {
    const { did } = await run(body, { bury: done });
    expect(did).toEqual([expect.stringMatching(reason), "delete r"]);
  },
);

test("a message returns after the rest of it has ended and is written", async () => {
  const slow = deferred<object>();
  const download = (url: string) => (url === "slow" ? slow.promise : good());
  const write = (url: string) => (url === "lost" ? Promise.reject(new Error("no table")) : done());
  const { did, ended } = start(bodyOf("lost", "slow"), { download, write, hold: done });
  await turn();
  expect(did.at(-1)).toBe("write lost");
  slow.resolve({});
  await ended;
  expect(did.slice(-2)).toEqual(["write slow", "hold r 20"]);
});

test("a task holds no slot while it waits; a download of a large object takes a large slot, and its check a small one", async () => {
  const [small, large] = [new ConcurrencyLimiter(1), new ConcurrencyLimiter(1)];
  const held: string[] = [];
  const note = () => void held.push(`${small.inUse} small, ${large.inUse} large`);
  const download = async () => {
    note();
    setTimeout(note, 500);
    return { bytes: 2 ** 30, contentLength: 2 ** 30 };
  };
  const urls = [{ url: urlOf("a"), bytes: 2 ** 30 }];
  await run(bodyWith({ verify: "edge", downloads: 2, urls }), { download }, small, large);
  const [none, aSmall, aLarge] = ["0 small, 0 large", "1 small, 0 large", "0 small, 1 large"];
  expect(held).toEqual([aLarge, none, aLarge, none, aSmall]);
});

test("a download that fails or throws gives its slot back", async () => {
  const thrown = () => {
    throw new Error("at once");
  };
  for (const download of [fail("the agent has stopped"), thrown]) {
    const slots = new ConcurrencyLimiter(1);
    const { ended } = start(bodyOf("a", "b"), { download, hold: done }, slots);
    // It does not end while one waits for a slot, and needs fewer turns than these.
    for (let n = 0; n < 100; n++) await turn();
    expect([slots.inUse, slots.waiting]).toEqual([0, 0]);
    await ended;
  }
});

describe("when the agent stops", () => {
  test.each<[what: string, plan: Plan, did: string[]]>([
    ["good, it counts", {}, ["write a", "delete r"]],
    [
      "bad, that may be the stop's own fault: the message goes back into the queue anew",
      { download: bad, send: done },
      ["active? q", "send P1 a", "delete r"],
    ],
    [
      "bad, and the request was stopped and its instances with it: nothing goes back",
      { download: bad, active: activeFor(1) },
      ["active? q", "delete r"],
    ],
  ])("and a download that runs ends %s", async (_, { download = good, ...plan }, expected) => {
    const running = deferred();
    const { did, ended, stop } = start(bodyOf("a"), {
      ...plan,
      download: (...args) => running.promise.then(() => download(...args)),
    });
    await turn();
    stop();
    running.resolve();
    await ended;
    expect(did.slice(2)).toEqual(expected);
  });

  test("a message that could not be sent anew is not deleted", async () => {
    const { did, ended, stop } = start(bodyOf("a"), { download: bad, send: fail("no queue") });
    stop();
    await expect(ended).rejects.toThrow("no queue");
    expect(did).not.toContain("delete r");
  });
});
