import { actualUse, type DailyUse, dailyProblem, dayOf } from "../../../domain/request/daily-use.ts";
import type { Status } from "../../../domain/request/lifecycle.ts";

const use = (total_count: number, transferred_bytes: number) => ({ total_count, transferred_bytes });
const CAPS = { maxDailyTasks: 10, maxDailyBytes: 1_000 };
const DAY = "2024-04-16";
const NEXT = "; the next day begins at 00:00 UTC";

it.each([
  ["fits a new day", use(0, 0), use(10, 1_000), undefined],
  ["fits what is left", use(4, 400), use(6, 600), undefined],
  [
    "has too many bytes for what is left",
    use(4, 400),
    use(6, 601),
    `transferred_bytes of ${DAY} (UTC) with this request: 1001 bytes exceed this deployment's limit of 1000 (stack parameter maxDailyBytes)${NEXT}`,
  ],
  [
    "has too many tasks for what is left",
    use(4, 400),
    use(7, 600),
    `total_count of ${DAY} (UTC) with this request: 11 tasks exceed this deployment's limit of 10 (stack parameter maxDailyTasks)${NEXT}`,
  ],
  [
    "has too many for any day",
    use(0, 0),
    use(11, 0),
    `total_count of ${DAY} (UTC) with this request: 11 tasks exceed this deployment's limit of 10 (stack parameter maxDailyTasks)`,
  ],
])("a request that %s", (_, used, asked, problem) => {
  expect(dailyProblem(DAY, used, asked, CAPS)).toBe(problem);
});

it("a deployment without daily limits refuses nothing", () => {
  expect(dailyProblem(DAY, use(1e15, 1e15), use(1e15, 1e15), {})).toBeUndefined();
});

it.each(["2024-04-16T00:00:00Z", "2024-04-16T23:59:59.999Z"])("%s is of that UTC day", (time) => {
  expect(dayOf(Date.parse(time))).toBe("2024-04-16");
});

const ESTIMATE = use(4, 100);
it.each<[string, Status, targets: number, results: DailyUse, used: DailyUse, requeues?: number]>([
  ["finished with fewer bytes", "FINISHED", 2, use(4, 60), use(4, 60)],
  ["finished after agents had lost tasks, of which nobody knows the bytes", "FINISHED", 2, use(4, 60), ESTIMATE, 1],
  ["finished with more bytes", "FINISHED", 2, use(4, 130), use(4, 130)],
  ["was stopped: downloads without a result may have had the rest", "STOPPED", 2, use(1, 30), ESTIMATE],
  ["timed out after more bytes", "TIMEOUT", 2, use(3, 130), use(4, 130)],
  ["failed before any task was queued", "FAILED", 0, use(0, 0), use(0, 0)],
])("a request that %s", (_, status, targets_total, { total_count, transferred_bytes }, used, requeues = 0) => {
  const ended = { status, targets_total, download_count: total_count, transferred_bytes, requeues };
  expect(actualUse(ended, ESTIMATE)).toEqual(used);
});
