import { failedFirst, inOrder } from "../../../console/phone/failed-first.ts";
import type { RecGroup } from "../../../console/request/group-pops.ts";
import { NO_TASK_STATES } from "../../../domain/readiness/task-states.ts";

const group = (rec: string | null, bad = 0): RecGroup => ({
  rec,
  bad,
  pops: [],
  outcomes: NO_TASK_STATES,
  notWarm: 0,
  share: 0,
  percent: 0,
});
const names = (groups: readonly RecGroup[]) => groups.map(({ rec }) => rec);

it("those with most failures come first; the others stay as they are", () => {
  const groups = [group("Singapore", 2), group("Tokyo"), group("Mumbai", 7), group(null)];
  expect(names(failedFirst(groups))).toEqual(["Mumbai", "Singapore", "Tokyo", null]);
  expect(names(groups)).toEqual(["Singapore", "Tokyo", "Mumbai", null]);
});

it("no row moves while one is open, though others fail meanwhile", () => {
  const before = ["Mumbai", "Singapore", "Tokyo", null];
  expect(names(inOrder([group("Tokyo", 99), group(null), group("Singapore", 2), group("Mumbai", 7)], before))).toEqual(
    before,
  );
});

it("a row that was not there comes last", () =>
  expect(names(inOrder([group("New", 5), group("Tokyo")], ["Tokyo"]))).toEqual(["Tokyo", "New"]));
