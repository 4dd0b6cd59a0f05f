import { runLab } from "../faults/lab.ts";
import { long } from "../faults/scenarios.ts";
import { type LabPart, rowOf } from "../lab/part.ts";

/** The fault lab with long downloads: agents are killed, a second request is stopped, everything is paused for a while. */
export const faults: LabPart = {
  name: "faults",
  async run(say, { scale }) {
    const seed = Date.now() % 1_000_000;
    // At the start: a run that does not end says it, too.
    say(`  seed ${seed}`);
    const report = await runLab({
      ...long,
      seed,
      urls: Math.max(10, Math.round(long.urls * scale)),
      say: (line) => say(`  ${line}`),
    });
    const { lost, countedTwice, stuck, deadLetters, repeats, violations } = report;
    for (const violation of violations) say(`  WRONG ${violation}`);
    for (const task of repeats.unexplained) say(`  WRONG downloaded again: ${task}`);
    const kills = report.injected["agents killed"] ?? 0;
    return [
      rowOf(
        `${report.tasks} tasks, some of ${long.long?.seconds} s, seed ${seed}`,
        `lost ${lost}, counted twice ${countedTwice}, stuck ${stuck}, failed ${report.failed}, ${report.seconds.toFixed(0)} s`,
        [lost === 0, countedTwice === 0, stuck === 0, report.failed === 0, violations.length === 0],
      ),
      rowOf("dead letters", String(deadLetters), [deadLetters === 0]),
      rowOf(
        "downloaded again only what a killed agent held",
        `${kills} agents killed, ${repeats.explained} repeats, ${repeats.unexplained.length} without a reason`,
        // A lab in which no agent was killed has shown nothing.
        [kills > 0, repeats.unexplained.length === 0],
      ),
      rowOf("the second request", report.stopped ?? "not started", [report.stopped === "STOPPED"]),
    ];
  },
};
