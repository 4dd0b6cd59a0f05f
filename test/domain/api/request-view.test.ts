import fc from "fast-check";
import { describeRequest, progressAnswer } from "../../../domain/api/request-view.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import { type Heartbeat, NO_PROGRESS, type Progress } from "../../../domain/request/progress.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { count, heartbeat, request } from "../../lambdas/items.ts";

const NOW = Date.parse("2024-04-16T03:15:09.499Z");
const PATIENCE = timingsOf();
const fresh = (change: Partial<Heartbeat> = {}) => heartbeat({ at: NOW - 9_000, ...change });
const running = (change: Partial<RequestItem> & { readonly downloads?: number } = {}) =>
  request({ status: "IN_PROGRESS", total_count: 10, total_size: 100_000, ...change });
const counted = (download_count: number, download_size = download_count * 10_000, failed_count = 0) => ({
  count: count(download_count, download_size, failed_count),
  lastResultAt: undefined,
});
const describeAt = (item: RequestItem, progress: Partial<Progress> = {}, now = NOW) =>
  describeRequest(item, { ...NO_PROGRESS, ...progress }, { now, heartbeatTimeoutMs: PATIENCE.heartbeatTimeoutMs });

describe("the tasks", () => {
  const four = counted(4);
  it.each([
    ["with agents: what their heartbeats say", {}, four, [fresh()], [4, 2, 4, 10]],
    ["with two processes of one agent", {}, four, [fresh(), fresh({ worker: "2", tasks: 3 })], [1, 5, 4, 10]],
    ["with nobody", {}, four, [], [6, 0, 4, 10]],
    ["with an agent that fell silent", {}, four, [fresh({ at: NOW - 61_000 })], [6, 0, 4, 10]],
    ["counted before their agent's next heartbeat", {}, counted(9), [fresh()], [0, 1, 9, 10]],
    ["all done", {}, counted(10), [fresh()], [0, 0, 10, 10]],
    [
      "of a request that has ended: its own, and agents drop what is left",
      { status: "STOPPED", active: undefined, verdict: "not_ready", download_count: 4 },
      counted(9),
      [fresh()],
      [6, 0, 4, 10],
    ],
    ["not known yet", { total_count: 0 }, counted(0), [fresh()], [0, 0, 0, 0]],
  ] as const)("%s", (_, change, sum, heartbeats, expected) => {
    const answer = describeAt(running(change), { ...sum, heartbeats });
    const { available_task_count, in_progress_task_count, download_count, total_count } = answer;
    expect([available_task_count, in_progress_task_count, download_count, total_count]).toEqual(expected);
  });

  it("available + in progress = total - download, and nothing above the totals, whatever the tables say", () => {
    const n = fc.nat(40_000_000);
    const any = fc.integer({ min: -40_000_000, max: 40_000_000 });
    const size = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    const anyBeat = fc.record({ tasks: n, bytes: size, bytes_per_second: size, tasks_per_second: size });
    fc.assert(
      fc.property(n, n, any, any, any, fc.array(anyBeat, { maxLength: 4 }), fc.boolean(), fc.boolean(), (...it) => {
        const [total_count, total_size, done, bytes, failed, heartbeats, sizes_known, active] = it;
        const item = running({ total_count, total_size, sizes_known, ...(active ? {} : { active: undefined }) });
        const answer = describeAt(item, { ...counted(done, bytes, failed), heartbeats: heartbeats.map(fresh) });
        expect(answer.available_task_count + answer.in_progress_task_count).toBe(total_count - answer.download_count);
        expect(answer.download_count).toBeLessThanOrEqual(total_count);
        expect(answer.failed_count).toBeLessThanOrEqual(answer.download_count);
        expect(answer.percentage_complete).toBeLessThanOrEqual(answer.download_count < total_count ? 99 : 100);
        const { available_task_count, in_progress_size, bytes_per_second, ...rest } = answer;
        for (const number of [available_task_count, in_progress_size, bytes_per_second, rest.in_progress_task_count]) {
          expect(number).toBeGreaterThanOrEqual(0);
          expect(Number.isSafeInteger(number)).toBe(true);
        }
      }),
    );
  });
});

it("what is under way is what fresh heartbeats add up to: bytes, rate, instances", () => {
  const heartbeats = [
    fresh(),
    fresh({ worker: "2", bytes: 5_000.4 }),
    fresh({ instance: "i-2" }),
    fresh({ instance: "i-3", tasks: 0 }),
    fresh({ instance: "i-4", at: 0 }),
  ];
  expect(describeAt(running(), { heartbeats })).toMatchObject({
    in_progress_size: 25_000,
    bytes_per_second: 3_000,
    instances_at_work: 2,
    percentage_complete: 25,
  });
});

it("what is under way is at most what is missing, where sizes are known", () => {
  const heartbeats = [fresh({ bytes: 90_000 })];
  expect(describeAt(running(), { ...counted(5), heartbeats }).in_progress_size).toBe(50_000);
  expect(describeAt(running({ sizes_known: false }), { ...counted(5), heartbeats }).in_progress_size).toBe(90_000);
  expect(describeAt(running(), { ...counted(9, 120_000), heartbeats }).in_progress_size).toBe(0);
});

it("what is under way is nothing once the request has ended", () =>
  expect(describeAt(running({ status: "STOPPED", active: undefined }), { heartbeats: [fresh()] })).toMatchObject({
    in_progress_size: 0,
    bytes_per_second: 0,
    instances_at_work: 0,
    estimated_finish_at: null,
  }));

/** Bytes of all downloads of the results so far. */
const transferred = (done: number, transferred_bytes: number) => {
  const { count: sum, ...progress } = counted(done);
  return { ...progress, count: { ...sum, transferred_bytes } };
};

describe("when it will be done", () => {
  const inSeconds = (seconds: number) => formatTimestamp(NOW + seconds * 1_000);
  const unsized = { sizes_known: false };
  const IDENTITY = { accept_encoding: ["identity"] };
  it.each([
    ["by bytes: those that are neither there nor on their way", {}, counted(4), fresh(), inSeconds(50)],
    ["each object was downloaded twice so far", {}, transferred(4, 80_000), fresh(), inSeconds(100)],
    ["some objects needed a second download", {}, transferred(4, 50_000), fresh(), inSeconds(62.5)],
    ["no result yet: each object is expected twice", {}, counted(0), fresh(), inSeconds(180)],
    ["no result yet, and one download was asked for", { downloads: 1 as const }, counted(0), fresh(), inSeconds(90)],
    ["no result yet, and only the REC is warmed", { scope: "regional" as const }, counted(0), fresh(), inSeconds(90)],
    ["what failed brings no more bytes", {}, counted(4, 20_000, 2), fresh(), inSeconds(50)],
    ["by tasks where sizes are unknown", unsized, counted(4), fresh(), inSeconds(12)],
    ["by tasks where all files are empty", { total_size: 0 }, counted(4, 0), fresh(), inSeconds(12)],
    ["at once, with the last bytes on their way", {}, counted(9), fresh(), inSeconds(0)],
    ["nobody is at work", {}, counted(4), fresh({ at: 0 }), null],
    ["no byte came", {}, counted(4), fresh({ bytes_per_second: 0 }), null],
    ["too slow to tell", {}, counted(4), fresh({ bytes_per_second: 1e-9 }), null],
  ])("%s", (_, change, sum, one, expected) =>
    expect(describeAt(running({ ...IDENTITY, ...change }), { ...sum, heartbeats: [one] }).estimated_finish_at).toBe(
      expected,
    ),
  );

  it.each([
    ["in no request that accepts only identity", IDENTITY, inSeconds(80)],
    ["where compressed objects are accepted", { accept_encoding: ["br,gzip"] }, inSeconds(2)],
    ["where one variant accepts them", { accept_encoding: ["identity", "gzip"] }, inSeconds(2)],
    ["in the list, which has no encodings", { accept_encoding: undefined }, inSeconds(2)],
  ])("of compressed text, tasks tell an earlier end than bytes: %s", (_, change, expected) => {
    const item = running({ total_size: 100_000, ...change });
    const one = fresh({ bytes: 2_000 });
    expect(describeAt(item, { ...counted(9, 18_000), heartbeats: [one] }).estimated_finish_at).toBe(expected);
  });

  it("bytes tell an earlier end where few tasks end", () => {
    const one = fresh({ tasks_per_second: 0 });
    expect(describeAt(running(), { ...counted(4), heartbeats: [one] }).estimated_finish_at).toBe(inSeconds(50));
  });
});

describe("last_update_time", () => {
  const step = "2024-04-16 03:11:53.531000";
  const at = (text: string) => Date.parse(text);
  it.each([
    ["nothing counted yet: the last step", {}, undefined, step],
    ["a result after that", {}, at("2024-04-16T03:12:00Z"), "2024-04-16 03:12:00.000000"],
    ["a result from before: it does not go back", {}, at("2024-04-16T03:11:00Z"), step],
    ["a result from a clock that is ahead", {}, at("2024-04-16T03:16:00Z"), formatTimestamp(NOW)],
    ["ended: when it did", { active: undefined }, at("2024-04-16T03:12:00Z"), step],
  ])("%s", (_, change, lastResultAt, expected) =>
    expect(describeAt(running(change), { lastResultAt }).last_update_time).toBe(expected),
  );
});

it("tells what was asked for, and no headers", () => {
  const asked = { verify: "edge", downloads: 1, scope: "regional", origin: { concurrency: 3 } } as const;
  const urls = { url_count: 2, url_prefix: "https://www.example.com/" };
  const variants = [{ name: "br", header: ["Authorization: secret"] }];
  const item = request({ ...asked, ...urls, variant_names: ["br"], variants });
  const said = progressAnswer(describeAt(item), {});
  expect(said).toMatchObject({ ...asked, ...urls, variant_names: ["br"], pop_count: item.pops.length });
  expect(JSON.stringify(said)).not.toContain("secret");
});
