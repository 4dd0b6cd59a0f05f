import { describe, expect, it } from "vitest";
import { type Progress, progressSchema } from "../../../client/answers.ts";
import { failedEverywhere, without } from "../../../console/request/everywhere.ts";
import { othersOf } from "../../../console/request/the-others.ts";
import { readiness } from "../../readiness.ts";
import { failure } from "../report/made-up-report.ts";

const READINESS = readiness({ cold_objects: 2, cold_recs: ["Mumbai"], pops: 3, exceptions: 1 });

const row = (pop: string, failed: number, notKept = 0, tasks = 10) => ({
  pop,
  rec: "Mumbai",
  state: "DONE",
  total_count: tasks,
  download_count: tasks,
  failed_count: failed,
  warm_count: tasks - failed,
  not_kept_count: notKept,
});

const everywhere = (code: string, urls: number, pops = 3) => ({ ...failure(code, [], urls * pops), pops, urls });

/** Ten URLs at three POPs: one is refused and one is not kept, everywhere; three more fail at BOM3. */
function ended(changes: object = {}): Progress {
  const pops = [row("BOM1", 2, 1), row("BOM2", 2, 1), row("BOM3", 5, 1)];
  return progressSchema.parse({
    request_id: "r1",
    status: "FINISHED",
    verdict: "not_ready",
    readiness: READINESS,
    url_count: 10,
    pop_count: 3,
    created_at: "x",
    last_update_time: "x",
    timeout_at: "x",
    timestamp: "x",
    pops,
    total_count: 30,
    download_count: 30,
    failed_count: 9,
    not_kept_count: 3,
    warm_count: 21,
    failures: [
      everywhere("http_4xx", 1),
      everywhere("not_kept", 1),
      { ...failure("timeout", [], 3), pops: 1, urls: 3 },
    ],
    ...changes,
  });
}

describe("what fails everywhere", () => {
  it("is known of reasons that have each of their URLs at each POP", () => {
    const aside = failedEverywhere(ended());
    expect(aside).toEqual({ objects: 2, not_kept: 1 });
    expect(ended().pops.map((it) => without(it, aside))).toMatchObject([
      { total_count: 8, download_count: 8, failed_count: 0, not_kept_count: 0, warm_count: 8 },
      { failed_count: 0 },
      { failed_count: 3, not_kept_count: 0 },
    ]);
  });

  it("a POP that did not resolve has none of it", () => {
    const gone = { ...row("BOM4", 0, 0, 0), state: "NOT_RESOLVED" };
    const request = ended({ pops: [...ended().pops, gone] });
    const aside = failedEverywhere(request);
    expect(aside.objects).toBe(2);
    expect(request.pops.map((it) => without(it, aside)).at(-1)).toMatchObject({ total_count: 0, failed_count: 0 });
  });

  it.each([
    ["a URL may have several tasks at a POP", { url_count: 5 }],
    ["a retry has some tasks alone", { retry_of: "r0" }],
    ["nobody tells how many URLs could not be read", { readiness: undefined }],
    ["the POPs' counts lag behind the totals", { failed_count: 10 }],
    ["a reason has its URLs here and there", { failures: [{ ...failure("http_4xx", [], 5), pops: 3, urls: 2 }] }],
    ["its URLs are not counted yet", { failures: [{ ...failure("http_4xx", [], 3), pops: 3, urls: null }] }],
    ["it is at two of three POPs", { failures: [everywhere("http_4xx", 1, 2)] }],
  ])("is not told where %s", (_, changes) => {
    expect(failedEverywhere(ended(changes)).objects).toBe(0);
  });
});

describe("the others", () => {
  it("are warm at all POPs but one, which lacks some", () => {
    expect(othersOf(ended())).toEqual({
      objects: 8,
      areOthers: true,
      pops: 3,
      warmPops: 2,
      but: { pop: "BOM3", objects: 3 },
    });
  });

  it("are all objects where nothing fails everywhere; of several POPs none is named", () => {
    const pops = [row("BOM1", 0), row("BOM2", 1), row("BOM3", 2)];
    const request = ended({ pops, failed_count: 3, not_kept_count: 0, warm_count: 27, failures: [] });
    expect(othersOf(request)).toEqual({ objects: 10, areOthers: false, pops: 3, warmPops: 1, but: undefined });
  });

  it.each([
    ["it was stopped", { status: "STOPPED" }],
    ["the counts do not agree", { total_count: 31 }],
    [
      "good ones are hits alone",
      { pops: ended().pops.map((it) => ({ ...it, warm_count: 0, hit_count: it.warm_count })) },
    ],
    ["no POP has all of them", { failures: [] }],
    ["POPs have different objects", { pops: [row("BOM1", 2, 1), row("BOM2", 2, 1, 11), row("BOM3", 5, 1, 9)] }],
  ])("are not told where %s", (_, changes) => {
    expect(othersOf(ended(changes))).toBeUndefined();
  });
});
