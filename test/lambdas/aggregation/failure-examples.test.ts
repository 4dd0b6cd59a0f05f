import { expect, test } from "vitest";
import type { FailureReason } from "../../../domain/result/failure.ts";
import type { BatchFailures } from "../../../lambdas/aggregation/batch.ts";
import { batch, remembered } from "./remembered.ts";

function world(fails = () => false) {
  const written: string[] = [];
  const exemplify = async (reqId: string, reason: FailureReason) => {
    if (fails()) throw new Error("busy");
    written.push(`${reqId} ${reason}`);
  };
  const { requestOf } = remembered({ putFailureExamples: exemplify });
  const noteAll = (reqId: string, failures: ReadonlyMap<FailureReason, BatchFailures>) =>
    requestOf(reqId).noteExamples(batch({ reqId, failures: new Map(failures) }));
  const failed = (pop: string) => ({ tasks: 1, pops: new Set([pop]), examples: [{ url: "https://a.example/", pop }] });
  const note = (reqId: string, ...reasons: FailureReason[]) =>
    noteAll(reqId, new Map(reasons.map((reason) => [reason, failed("SIN2-P1")])));
  return { written, note, noteAll };
}

test("each reason of a request is written once by a process", async () => {
  const { written, note } = world();
  await note("r1", "tls");
  await note("r1", "tls", "lost");
  await note("r2", "tls");
  expect(written).toEqual(["r1 tls", "r1 lost", "r2 tls"]);
});

test("failures that were only taken back have no examples, and leave room for those that have", async () => {
  const { written, note, noteAll } = world();
  const taken = new Map<FailureReason, BatchFailures>([["tls", { tasks: -1, pops: new Set(), examples: [] }]]);
  await noteAll("r1", taken);
  await note("r1", "tls");
  expect(written).toEqual(["r1 tls"]);
});

test("what was not written is written with the next batch", async () => {
  let busy = true;
  const { written, note } = world(() => busy);
  await expect(note("r1", "tls")).rejects.toThrow("busy");
  busy = false;
  await note("r1", "tls");
  expect(written).toEqual(["r1 tls"]);
});
