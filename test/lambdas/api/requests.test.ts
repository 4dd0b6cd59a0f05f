import type { RequestItem } from "../../../domain/request/request-item.ts";
import { times } from "../../collect.ts";
import { count, request } from "../items.ts";
import { STAMP, world } from "./world.ts";

/** The n-th request: the greater n, the newer. */
function nth(n: number, change: Partial<RequestItem> = {}) {
  const id = String(n).padStart(5, "0");
  return request({ req_id: `r${id}`, created_at: `2024-04-16 03:10:00.0${id}`, ...change });
}

const ENDED = { status: "FINISHED", active: undefined } as const;

function listed(...items: readonly RequestItem[]) {
  const w = world({ items });
  const page = async (query?: Record<string, string>) => {
    const { status, body } = await w.call("GET /requests", undefined, query);
    expect(status).toBe(200);
    const rows = body["requests"] as Record<string, unknown>[];
    return { rows, ids: rows.map((row) => row["request_id"]), next: body["next"] as string | null, body };
  };
  return { ...w, page, pages: () => w.times("requests.page") };
}

it("GET /requests says of each what GET /prewarm says, and what it was asked for", async () => {
  const ended = nth(1, {
    ...ENDED,
    total_count: 4,
    download_count: 4,
    failed_count: 1,
    total_size: 40,
    download_size: 40,
    verdict: "ready_with_exceptions",
  });
  const { page, call, progress } = listed(
    ended,
    nth(2, { status: "IN_PROGRESS", total_count: 4, url_prefix: "https://a" }),
  );
  progress.set("r00002", { count: count(2, 20, 0) });
  const { rows, body, next } = await page();
  expect([body["timestamp"], next]).toEqual([STAMP, null]);
  expect(rows.map((row) => row["download_count"])).toEqual([2, 4]);
  for (const row of rows) {
    // What is said in the sentence, the list has not: it would be one more attribute of the index.
    const {
      sentence: _,
      verify: _how,
      downloads: _downloads,
      scope: _scope,
      pop_count: _pops,
      ...alone
    } = (await call("GET /prewarm", undefined, { req_id: String(row["request_id"]) })).body;
    expect(row).toMatchObject(alone);
  }
  expect(rows[0]).toMatchObject({ url_count: 5, url_prefix: "https://a", instance_count: 3 });
  expect(rows[1]).toMatchObject({ verdict: "ready_with_exceptions", url_prefix: "", timeout_at: ended.timeout_at });
});

it("GET /requests comes page by page, the newest first, and one that is made meanwhile moves nothing", async () => {
  const { page, requests } = listed(...times(45, (i) => nth(i, ENDED)));
  const first = await page();
  expect([first.ids.length, first.ids[0], first.ids.at(-1)]).toEqual([20, "r00044", "r00025"]);
  requests.set(nth(99));
  const second = await page({ next: first.next ?? "" });
  expect([second.ids.length, second.ids[0]]).toEqual([20, "r00024"]);
  const third = await page({ next: second.next ?? "", limit: "100" });
  expect([third.ids.length, third.ids.at(-1), third.next]).toEqual([5, "r00000", null]);
});

it("GET /requests has no next page where this one is just full", async () => {
  const { page, pages } = listed(...times(20, (i) => nth(i, ENDED)));
  expect((await page()).next).toBeNull();
  expect(pages()).toBe(1);
});

it("GET /requests is of one status, however few of the others have it", async () => {
  const { page, pages } = listed(
    ...times(5_000, (i) => nth(i, { ...ENDED, status: i % 1_000 === 7 ? "FAILED" : "FINISHED" })),
  );
  const first = await page({ status: "failed", limit: "2" });
  expect(first.ids).toEqual(["r04007", "r03007"]);
  const second = await page({ status: "FAILED", limit: "2", next: first.next ?? "" });
  expect(second.ids).toEqual(["r02007", "r01007"]);
  const third = await page({ status: "FAILED", limit: "2", next: second.next ?? "" });
  expect([third.ids, third.next]).toEqual([["r00007"], null]);
  expect(pages()).toBeLessThan(9);
});

it.each([
  [{ limit: "0" }, "limit: '0' must be a whole number from 1 to 100"],
  [{ limit: "101" }, "limit: '101' must be"],
  [{ status: "DONE" }, "status: unknown 'DONE'; use one of CREATED, "],
  [{ next: "x" }, "next: invalid cursor 'x'; pass the next value of the previous page"],
  [{ next: Buffer.from('["", "r1"]').toString("base64url") }, "next: invalid cursor"],
])("GET /requests refuses %j", async (query, message) => {
  const { call, pages } = listed(nth(1));
  const { status, body } = await call("GET /requests", undefined, query);
  expect([status, body["status"]]).toEqual([400, "Failed"]);
  expect(body["error_message"]).toContain(message);
  expect(pages()).toBe(0);
});
