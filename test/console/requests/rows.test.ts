import fc from "fast-check";
import { type Listed, listedSchema } from "../../../client/answers.ts";
import { shortId } from "../../../client/request-ids.ts";
import { groupRows } from "../../../console/requests/group-rows.ts";
import { matches } from "../../../console/requests/matches.ts";
import { areOutdated, merged, NO_OLDER, olderOf, withPage } from "../../../console/requests/pages.ts";
import { rowState } from "../../../console/requests/row-state.ts";
import { titleOf } from "../../../console/requests/title.ts";

const listed = (some: Partial<Listed>): Listed => ({
  ...listedSchema.parse({
    request_id: "r-1",
    status: "FINISHED",
    created_at: "2026-11-25 11:32:00.000000",
    last_update_time: "2026-11-25 11:52:00.000000",
    timeout_at: "2026-11-25 12:32:00.000000",
    timestamp: "2026-11-25 11:53:00.000000",
  }),
  ...some,
});

it("an answer has defaults for what it does not tell", () =>
  expect(listed({})).toMatchObject({ warm_count: 0, url_prefix: "", warnings: [], estimated_finish_at: null }));

it.each([
  [{ status: "CREATED" }, "stCreated", "underWay"],
  [{ status: "IN_PROGRESS", instance_count: 2 }, "underWay", "underWay"],
  [{ status: "IN_PROGRESS", instance_count: 0 }, "stPaused", "underWay"],
  [
    { status: "IN_PROGRESS", instance_count: 1, estimated_finish_at: "2026-11-25 12:33:00.000000" },
    "stLate",
    "underWay",
  ],
  [{ status: "FINISHED", verdict: "ready" }, "ready", "ready"],
  [{ status: "FINISHED", verdict: "not_ready", failed_count: 2 }, "stNotReady", "toLookAt"],
  [{ status: "FINISHED", verdict: "ready_with_exceptions" }, "stReadyExceptions", "toLookAt"],
  [{ status: "FINISHED", verdict: "not_verified", download_count: 2 }, "stNotVerified", undefined],
  [{ status: "FINISHED", verdict: "not_verified", failed_count: 1 }, "stNotVerified", "toLookAt"],
  [{ status: "FINISHED", failed_count: 1 }, "stFinished", "toLookAt"],
  [{ status: "FINISHED" }, "stFinished", undefined],
  [{ status: "STOPPED", verdict: "not_ready" }, "stStopped", "toLookAt"],
  [{ status: "TIMEOUT" }, "stTimedOut", "toLookAt"],
  [{ status: "FAILED" }, "failed", "toLookAt"],
] as const)("rowState: %o is %s, among %s", (some, text, filter) =>
  expect(rowState(listed(some))).toMatchObject({ text, filter }),
);

it("rowState claims no more than was seen", () => {
  const ready = { status: "FINISHED", verdict: "ready", download_count: 2 } as const;
  expect(rowState(listed({ ...ready, warm_count: 2 })).form).toBe("warm");
  expect(rowState(listed({ ...ready, hit_count: 2 })).form).toBe("hit");
  expect(rowState(listed(ready)).form).toBe("done");
});

it("groupRows those under way come first, whenever they were sent, then day by day", () => {
  const rows = [
    listed({ request_id: "today", created_at: "2026-11-25 09:00:00.000000" }),
    listed({ request_id: "yesterday", created_at: "2026-11-24 09:00:00.000000" }),
    listed({ request_id: "running", status: "IN_PROGRESS", created_at: "2026-11-23 09:00:00.000000" }),
  ];
  const groups = groupRows(rows, (at) => Math.floor(at / 86_400_000));
  expect(groups.map(({ day, rows: its }) => [typeof day, its.map(({ request_id }) => request_id)])).toEqual([
    ["string", ["running"]],
    ["number", ["today"]],
    ["number", ["yesterday"]],
  ]);
});

describe("matches", () => {
  const row = listed({ request_id: "e059b77b-1", url_prefix: "https://www.Example.com/patch/", verdict: "ready" });
  it.each([
    ["all", "", true],
    ["all", "example.COM/pa", true],
    ["all", "E059", true],
    ["all", "other", false],
    ["underWay", "", false],
    ["toLookAt", "", false],
    ["ready", "patch", true],
  ] as const)("%s, '%s': %s", (filter, text, shown) => expect(matches(row, filter, text)).toBe(shown));
});

it("titleOf is what the URLs begin with, or the id", () => {
  expect(titleOf({ url_prefix: "https://www.example.com/a/", request_id: "x" })).toBe("www.example.com/a/");
  expect(titleOf({ url_prefix: "https://", request_id: "e059b77b-e427" })).toBe("e059b77b");
  expect(shortId("plain")).toBe("plain");
});

it("a list has every request from the newest to the oldest that was asked for, however many come meanwhile", async () => {
  const PAGE = 3;
  const step = fc.oneof(fc.constant("older" as const), fc.integer({ min: 0, max: 2 * PAGE + 1 }));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 12 }), fc.array(step, { maxLength: 6 }), async (count, steps) => {
      const all: Listed[] = [];
      const come = (more: number) => {
        for (let n = 0; n < more; n++) {
          const id = `r${String(all.length).padStart(3, "0")}`;
          all.unshift(listed({ request_id: id, created_at: id, status: "FINISHED" }));
        }
      };
      const page = (next?: string) => {
        const from = next === undefined ? 0 : all.findIndex(({ request_id }) => request_id === next) + 1;
        const requests = all.slice(from, from + PAGE);
        return { requests, next: from + PAGE < all.length ? (requests.at(-1)?.request_id ?? null) : null };
      };
      come(count);
      let first = page();
      let older = NO_OLDER;
      for (const it of steps) {
        if (it === "older") {
          const place = older.next === undefined ? first.next : older.next;
          if (place !== null) older = withPage(older, merged(first.requests, older.rows), page(place));
        } else {
          come(it);
          first = page();
          if (areOutdated(older, first.requests))
            older = await olderOf(first, older.pages, older.rows, async (next) => page(next));
        }
        const rows = merged(first.requests, older.rows).map(({ request_id }) => request_id);
        expect(rows).toEqual(all.slice(0, rows.length).map(({ request_id }) => request_id));
        expect(rows.length).toBeGreaterThanOrEqual(Math.min(all.length, PAGE * (older.pages + 1)));
      }
    }),
  );
});
