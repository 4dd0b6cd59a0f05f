import { describe, expect, test } from "vitest";
import { deferred, turn } from "../deferred.ts";
import { bodyOf, fail, good, start } from "./work-world.ts";

describe("a message that comes again", () => {
  const plan = { deliveries: 2 };

  test("downloads only the URLs without a stored result", async () => {
    const { did, ended } = start(bodyOf("a", "b", "c"), { ...plan, standing: async () => ["a", "c"] });
    await ended;
    expect(did).toEqual(["standing? 3", "active? q", "download b", "write b", "delete r"]);
  });

  test("is deleted, if all of them stand", async () => {
    const { did, ended, told } = start(bodyOf("a", "b"), { ...plan, standing: async () => ["a", "b"] });
    await ended;
    expect(did).toEqual(["standing? 2", "delete r"]);
    expect(told).toEqual([]);
  });

  test("downloads all URLs if the stored results cannot be read", async () => {
    const { did, ended } = start(bodyOf("a", "b"), { ...plan, standing: fail("no table") });
    await ended;
    expect(did.filter((what) => what.startsWith("write"))).toEqual(["write a", "write b"]);
  });
});

test("of one that comes for the first time, nobody asks what stands", async () => {
  const { did, ended } = start(bodyOf("a"));
  await ended;
  expect(did[0]).toBe("active? q");
});

describe("a heartbeat tells of a message", () => {
  test("all of its URLs that have no result, and the bytes of those that are under way", async () => {
    const slow = deferred<object>();
    const { ended, heartbeats, told } = start(bodyOf("a", "b", "c"), {
      bytes: 10,
      download: (url) => (url === "a" ? good() : slow.promise),
    });
    await turn();
    heartbeats.sendAll();
    await turn();
    slow.resolve({});
    await ended;
    heartbeats.sendAll();
    await turn();
    expect(told).toMatchObject([
      { tasks: 3, bytes: 0 },
      { tasks: 2, bytes: 20 },
      { tasks: 0, bytes: 0 },
    ]);
  });
});
