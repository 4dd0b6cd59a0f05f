import { grouped } from "../../../domain/collections.ts";
import type { Get } from "../../edge/faults.ts";
import { RESTART_MS } from "../../local/fleet.ts";
import type { StackInventory } from "../../local/inventory.ts";
import { type Check, type Expectation, type Kill, ofRequest, rowOf, taskOf } from "../engine/scenario.ts";

/** Every planned task of the request has one result. */
export function noTaskLost(name: string): Check {
  return ofRequest(name, "each task has one result", ({ planned, results }) => {
    const found = new Set(results.map(({ pop, url, variant }) => taskOf(pop, url, variant)));
    const lost = [...planned].filter((task) => !found.has(task));
    const unplanned = [...found].filter((task) => !planned.has(task));
    return [
      ["tasks", planned.size],
      ["lost", lost.length, "=", 0],
      ["with two results", results.length - found.size, "=", 0],
      ["not planned", unplanned.length, "=", 0],
      ["such as", examples([...lost, ...unplanned])],
    ];
  });
}

/** What the progress and the report count is what the results say. */
export function countsAreRight(name: string): Check {
  return ofRequest(name, "progress and report count what the results say", (request) => {
    const { progress, results, planned, reportRows } = request;
    const good = results.filter(({ ok }) => ok);
    return [
      ["total_count", progress.total_count, "=", planned.size],
      ["download_count", progress.download_count, "=", results.length],
      ["download_size", progress.download_size, "=", good.reduce((sum, { bytes }) => sum + bytes, 0)],
      ["failed_count", progress.failed_count, "=", results.length - good.length],
      ["rows in the report", reportRows, "=", results.length - good.length],
    ];
  });
}

/** The report has a row for each of so many POPs that do not resolve, besides the failed tasks. */
export function reportedPops(name: string, dead: number): Check {
  return ofRequest(name, "POPs that do not resolve", ({ reportRows, results }) => [
    ["rows in the report", reportRows - results.filter(({ ok }) => !ok).length, "=", dead],
  ]);
}

/** How a request must end. */
export function endsAs(name: string, status: string): Check {
  return ofRequest(name, "its end", ({ progress }) => [["status", progress.status, "=", status]]);
}

/** All that must hold of a request whose tasks all come to an end. */
export function allTasksEnd(name: string): readonly Check[] {
  return [endsAs(name, "FINISHED"), noTaskLost(name), countsAreRight(name)];
}

/** The same, and the sizes of all URLs could be read, and no task fails. */
export function allTasksEndWell(name: string): readonly Check[] {
  const noneFails = ofRequest(name, "none fails", ({ progress, failedUrls }) => [
    ["tasks", progress.failed_count, "=", 0],
    ["URLs", failedUrls.length, "=", 0],
  ]);
  return [...allTasksEnd(name), noneFails];
}

/** The net that catches lost messages had nothing to do. */
export function notQueuedAgain(name: string): Check {
  return ofRequest(name, "not queued again", ({ requeues }) => [["requeues", requeues, "=", 0]]);
}

/** Neither messages nor instances nor timers outlive the requests. Dead letters: `noDeadLetters`. */
export const nothingLeft = noneLeft("nothing is left", "messages", "instances", "timers");

/** No message came so often that nobody tries it any more. */
export const noDeadLetters = noneLeft("no message came so often that nobody tries it any more", "deadLetters");

function noneLeft(what: string, ...kinds: readonly (keyof StackInventory)[]): Check {
  return ({ inventories: left }) =>
    rowOf(
      what,
      left.flatMap((it) => kinds.map((kind): Expectation => [kind, it[kind], "=", 0])),
    );
}

/** A lab in which nothing went wrong has shown nothing. */
export function faultsHappened(...kinds: readonly string[]): Check {
  return ({ faults }) =>
    rowOf(
      "faults happened",
      kinds.map((kind) => [kind, faults.get(kind) ?? 0, ">=", 1]),
    );
}

/**
 * A download is repeated for a reason if an agent was killed that had begun it, and its result did not stand yet. A run in which none
 * was killed has shown nothing.
 */
export function repeatsAreExplained(name: string): Check {
  return ofRequest(name, "downloaded again only what a killed agent held", ({ paths }, { gets, kills }) => {
    const its = gets.filter(({ path }) => paths.includes(path)).toSorted((a, b) => a.at - b.at);
    const unexplained = [...grouped(its, ({ pop, path }) => `${pop} ${path}`)].flatMap(([key, all]) =>
      all.slice(1).flatMap((get, i) => {
        const before = all[i] ?? get;
        return kills.some((kill) => kill.at <= get.at && isOfKilled(before, kill)) ? [] : key;
      }),
    );
    return [
      ["repeats without a reason", unexplained.length, "=", 0],
      ["agents killed", kills.length, ">=", 1],
      ["such as", examples(unexplained)],
    ];
  });
}

/**
 * Whether an agent that was killed had made a GET, and its result did not stand then. The edge may read what it had sent a moment after
 * its death; it is started again later than that.
 */
export function isOfKilled({ client, pop, path, at }: Get, kill: Kill): boolean {
  const isResult = (task: string) => task.startsWith(`${pop} `) && task.endsWith(path);
  return client === kill.client && at < kill.at + RESTART_MS && ![...kill.finished].some(isResult);
}

/** The first few of many, for a line of the table. */
export function examples(texts: readonly string[], most = 2): string {
  const rest = texts.length > most ? ` and ${texts.length - most} more` : "";
  return `${texts.slice(0, most).join("; ")}${rest}`;
}

/** How often each text stands in the list: `4 × not_kept, 1 × warm`. */
export function counted(texts: readonly string[]): string {
  return [...grouped(texts, (text) => text)].map(([text, all]) => `${all.length} × ${text}`).join(", ");
}
