import { type Expectation, unmet } from "../../local/results.ts";
import { requestOf } from "../load/requests.ts";
import { type Check, type RequestSeen, taskOf } from "../scenario.ts";

/** Every planned task of the request has one result. */
export function noTaskLost(name: string): Check {
  return (seen) => {
    const { planned, results } = requestOf(seen, name);
    const found = new Set(results.map(({ pop, url, variant }) => taskOf(pop, url, variant)));
    const lost = [...planned].filter((task) => !found.has(task));
    return {
      what: `${name}: each of ${planned.size} tasks has a result`,
      wanted: "0 lost, 0 with two results, 0 that were not planned",
      saw: `${lost.length} lost, ${results.length - found.size} with two, ${found.size - (planned.size - lost.length)} not planned${examples(lost)}`,
      holds: [lost.length === 0, results.length === found.size, found.size === planned.size - lost.length],
    };
  };
}

/** What the progress and the report count is what the results say. */
export function countsAreRight(name: string): Check {
  return (seen) => {
    const { progress, results, planned, reportRows } = requestOf(seen, name);
    const good = results.filter(({ ok }) => ok);
    return expectations(`${name}: progress and report count what the results say`, [
      ["total_count", progress.total_count, planned.size],
      ["download_count", progress.download_count, results.length],
      ["download_size", progress.download_size, good.reduce((sum, { bytes }) => sum + bytes, 0)],
      ["failed_count", progress.failed_count, results.length - good.length],
      ["rows in the report", reportRows, results.length - good.length],
    ]);
  };
}

/** How a request must end. */
export function endsAs(name: string, status: string): Check {
  return (seen) => {
    const { progress } = requestOf(seen, name);
    return expectations(`${name} ends`, [["status", progress.status, status]]);
  };
}

export function noTaskFails(name: string): Check {
  return (seen) => {
    const { progress } = requestOf(seen, name);
    return expectations(`${name}: no task fails`, [["failed_count", progress.failed_count, 0]]);
  };
}

/** The net that catches lost messages had nothing to do. */
export function notQueuedAgain(name: string): Check {
  return (seen) => expectations(`${name}: not queued again`, [["requeues", requestOf(seen, name).requeues, 0]]);
}

/** Neither messages nor instances nor timers outlive the requests. */
export const nothingLeft: Check = ({ left }) =>
  expectations(
    "nothing is left",
    left.flatMap((it): Expectation[] => [
      ["messages in the queue", it.messages, 0],
      ["instances", it.instances, 0],
      ["timers", it.timers, 0],
    ]),
  );

/** No message came so often that nobody tries it any more. */
export const noDeadLetters: Check = ({ left }) =>
  expectations(
    "no dead letters",
    left.map((it) => ["dead letters", it.deadLetters, 0]),
  );

/** A lab in which nothing went wrong has shown nothing. */
export function faultsHappened(...kinds: readonly string[]): Check {
  return ({ faults }) => ({
    what: "faults happened",
    wanted: `each at least once: ${kinds.join(", ")}`,
    saw: kinds.map((kind) => `${faults.get(kind) ?? 0} × ${kind}`).join(", "),
    holds: kinds.map((kind) => (faults.get(kind) ?? 0) > 0),
  });
}

/** All that must hold of a request whose tasks all come to an end. */
export function allTasksEnd(name: string): readonly Check[] {
  return [endsAs(name, "FINISHED"), noTaskLost(name), countsAreRight(name)];
}

/**
 * A download is repeated for a reason if an agent was killed that had begun it, and its result did not stand yet.
 * @param name of a request
 */
export function repeatsAreExplained(name: string): Check {
  return (seen) => {
    const { paths, results } = requestOf(seen, name);
    const before = new Map<string, (typeof seen.gets)[number]>();
    const unexplained: string[] = [];
    let repeats = 0;
    for (const get of seen.gets.toSorted((a, b) => a.at - b.at)) {
      if (!paths.includes(get.path)) continue;
      const task = `${get.pop} ${get.path}`;
      const last = before.get(task);
      before.set(task, get);
      if (last === undefined) continue;
      repeats++;
      const isKilled = seen.kills.some(
        ({ client, at, standing }) =>
          client === last.client && last.at <= at && at <= get.at && !standing.has(resultOf(results, get)),
      );
      if (!isKilled) unexplained.push(task);
    }
    return {
      what: `${name}: downloaded again only what a killed agent held`,
      wanted: "0 repeats without a reason, and one agent killed at least",
      saw: `${repeats} repeats, ${unexplained.length} without a reason, ${seen.kills.length} agents killed${examples(unexplained)}`,
      holds: [unexplained.length === 0, seen.kills.length > 0],
    };
  };
}

function resultOf(results: RequestSeen["results"], { pop, path }: { readonly pop: string; readonly path: string }) {
  const found = results.find((it) => it.pop === pop && it.url.endsWith(path));
  return found === undefined ? "" : taskOf(found.pop, found.url);
}

/** A row with a line for each value that is not as expected. */
export function expectations(what: string, all: readonly Expectation[]) {
  return {
    what,
    wanted: all.map(([name, , expected]) => `${name} ${expected}`).join(", "),
    saw: unmet(all).join(", ") || "the same",
    holds: all.map((one) => unmet([one]).length === 0),
  };
}

/** The first few of many, for a line of the table. */
export function examples(texts: readonly string[], most = 2): string {
  if (texts.length === 0) return "";
  const rest = texts.length > most ? ` and ${texts.length - most} more` : "";
  return `: ${texts.slice(0, most).join("; ")}${rest}`;
}

/** How often each text stands in the list: `4 × not_kept, 1 × warm`. */
export function counted(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} × ${text}`).join(", ") || "nothing";
}
