import type { Bugs } from "../bug.ts";

export default {
  "agent-ends-before-results-written": {
    invariant: "An agent ends only after all results are written.",
    description: "The agent does not wait for the messages that it works on before it writes what is left.",
    test: "test/agent/receive/agent.test.ts",
    file: "agent/receive/agent.ts",
    find: "await Promise.all(this.inProgress());\n    // The permits",
    replace: "// The permits",
  },
  "check-answered-before-next-scheduled": {
    invariant: "The next settlement check is scheduled before others may ask for one.",
    description: "The running check is noted as answered before the one that follows it is on its way.",
    test: "test/lambdas/shutdown/settle.test.ts",
    file: "lambdas/shutdown/handler.ts",
    find: "  if (checkInMs !== undefined && checkInMs > 0) await checkLater(deps, reqId, checkInMs, run);\n  await deps.settlements.clear(reqId);",
    replace:
      "  await deps.settlements.clear(reqId);\n  if (checkInMs !== undefined && checkInMs > 0) await checkLater(deps, reqId, checkInMs, run);",
  },
  "check-answered-before-settled": {
    invariant: "Nobody else may ask for a settlement check while one is running.",
    description: "The running check is noted as answered before it settles the request.",
    test: "test/lambdas/shutdown/settle.test.ts",
    changes: [
      {
        file: "lambdas/shutdown/handler.ts",
        find: "const checkInMs = await settle(",
        replace: "await deps.settlements.clear(reqId);\n  const checkInMs = await settle(",
      },
      {
        file: "lambdas/shutdown/handler.ts",
        find: "run);\n  await deps.settlements.clear(reqId);\n  // Requested",
        replace: "run);\n  // Requested",
      },
    ],
  },
  "checkpoint-deleted-before-end": {
    invariant: "The checkpoint of a recount is deleted only after the request has ended.",
    description: "The checkpoint is deleted first, so a crash before the end repeats the whole recount.",
    test: "test/lambdas/shutdown/recount.test.ts",
    changes: [
      {
        file: "lambdas/shutdown/settle.ts",
        find: "  let checkInMs: number | undefined;\n",
        replace: "  let checkInMs: number | undefined;\n  await deleteCheckpoint(deps, item);\n",
      },
      {
        file: "lambdas/shutdown/settle.ts",
        find: "{ recounted, count });\n  }\n  await deleteCheckpoint(deps, item);",
        replace: "{ recounted, count });\n  }",
      },
    ],
  },
  "client-token-release-not-awaited": {
    invariant: "A call that fails releases its client token before it answers.",
    description: "The call answers without waiting for the release, and Lambda may freeze before the token is free.",
    test: "test/lambdas/api/client-token.test.ts",
    file: "lambdas/api/start-request.ts",
    find: "await deps.tokens\n      .release",
    replace: "void deps.tokens\n      .release",
  },
  "counters-read-before-own-batch": {
    invariant: "Of two batches that end at once, the later sees the counts of both.",
    description:
      "The counters are read before the batch is added, so the last batch does not ask for the settlement check.",
    test: "test/lambdas/aggregation/handler.test.ts",
    changes: [
      {
        file: "lambdas/aggregation/handler.ts",
        find: "      if (part.pops.size > 0) {",
        replace: "      const { count: all } = await deps.progress.count(part.reqId);\n      if (part.pops.size > 0) {",
      },
      {
        file: "lambdas/aggregation/handler.ts",
        find: "      const { count: all } = await deps.progress.count(part.reqId);\n      await requestSettlement",
        replace: "      await requestSettlement",
      },
    ],
  },
  "dead-letter-deleted-before-results": {
    invariant: "A dead letter is deleted after the results of its tasks are written and its followers are queued.",
    description: "The letter is deleted first, so what fails after that is lost.",
    test: "test/lambdas/watch/dead-letters.test.ts",
    file: "lambdas/watch/dead-letters.ts",
    find: "await resolveDeadLetter(deps, message);\n        await deps.deadLetters.delete(message.receipt);",
    replace: "await deps.deadLetters.delete(message.receipt);\n        await resolveDeadLetter(deps, message);",
  },
  "dead-letter-followers-queued-before-results": {
    invariant: "The results of a dead letter's tasks are written before its followers are queued.",
    description: "Followers are queued first, by results that do not stand yet.",
    test: "test/lambdas/watch/dead-letters.test.ts",
    file: "lambdas/watch/dead-letters.ts",
    find: "await deps.results.putIfAbsent(results);\n  await queueFollowers(deps, message, item);",
    replace: "await queueFollowers(deps, message, item);\n  await deps.results.putIfAbsent(results);",
  },
  "expand-queued-before-checkpoint": {
    invariant: "Expand writes its checkpoint before it queues its next run.",
    description:
      "The next run is queued first, so it may begin without the checkpoint, and a crash between the two loses what was read.",
    test: "test/lambdas/expand/expand.test.ts",
    changes: [
      {
        file: "lambdas/expand/handler.ts",
        find: "await deps.lists.writeCheckpoint(EXPAND_CHECKPOINT, reqId, checkpointOf(found, walk.state()));",
        replace:
          "await deps.expandFunction.invoke(reqId);\n    await deps.lists.writeCheckpoint(EXPAND_CHECKPOINT, reqId, checkpointOf(found, walk.state()));",
      },
      {
        file: "lambdas/expand/handler.ts",
        find: 'if (end === "continue") return deps.expandFunction.invoke(reqId);',
        replace: 'if (end === "continue") return;',
      },
    ],
  },
  "fleet-reduced-after-recount": {
    invariant: "Instances of a request whose time is up end before its recount, which may take minutes.",
    description: "The fleet follows only after the recount.",
    test: "test/lambdas/shutdown/settle.test.ts",
    changes: [
      {
        file: "lambdas/shutdown/settle.ts",
        find: "await fitFleet(deps);\n  }",
        replace: "}",
      },
      {
        file: "lambdas/shutdown/settle.ts",
        find: "const settlement = decide(count);",
        replace: "if (timeIsUp) await fitFleet(deps);\n  const settlement = decide(count);",
      },
    ],
  },
  "followers-noted-before-queued": {
    invariant: "Followers that could not be queued are queued with the next try.",
    description: "Followers count as queued before they are sent, so a failure to send them loses their tasks.",
    test: "test/agent/report/promote-followers.test.ts",
    file: "agent/report/promote-followers.ts",
    find: "if (skipped.length > 0) await store",
    replace: "for (const { url } of ended) this.queued.add(url);\n    if (skipped.length > 0) await store",
  },
  "message-deleted-before-followers-queued": {
    invariant: "A lead's message is deleted only after its followers are queued.",
    description: "The message of a lead is deleted first, so a failure to queue its followers loses their tasks.",
    test: "test/agent/report/promote-followers.test.ts",
    file: "agent/receive/process-message.ts",
    find: "() => promoter.finish());",
    replace: "() => deps.queue.delete(message.receipt).then(() => promoter.finish()));",
  },
  "message-deleted-before-resent": {
    invariant: "A message of an active request that the cleanup received is sent again before it is deleted.",
    description: "The message is deleted first, so a failure to send it loses its tasks.",
    test: "test/lambdas/shutdown/stale-messages.test.ts",
    changes: [
      {
        file: "lambdas/shutdown/stale-messages.ts",
        find: "await queue.send([parsed.content]);",
        replace: "await queue.delete(receipt);\n  await queue.send([parsed.content]);",
      },
      {
        file: "lambdas/shutdown/stale-messages.ts",
        find: "await queue.send([parsed.content]);\n  await queue.delete(receipt);\n}",
        replace: "await queue.send([parsed.content]);\n}",
      },
    ],
  },
  "message-held-after-work": {
    invariant: "The visibility timeout of a message is not extended after the agent has finished with it.",
    description: "The timer goes on after the downloads, so a message that is given back stays hidden.",
    test: "test/agent/receive/hold-message.test.ts",
    file: "agent/receive/process-message.ts",
    find: "clearInterval(timer);",
    replace: "void timer;",
  },
  "permit-kept-by-failed-download": {
    invariant: "A download that fails gives its permit for the origin back.",
    description: "A permit is given back only after a download that succeeded.",
    test: "test/agent/receive/deferrals.test.ts",
    file: "agent/admit/task-run.ts",
    find: "    this.transfer.clear();\n    this.release();",
    replace: "    this.transfer.clear();\n    if (error === undefined) this.release();\n    else this.releaseSlot();",
  },
  "request-closed-before-queue-is-empty": {
    invariant: "A request is closed only after its messages are gone from the queue.",
    description: "The request is closed first, so what a crash leaves in the queue is never dropped.",
    test: "test/lambdas/shutdown/clean-up.test.ts",
    file: "lambdas/shutdown/clean-up.ts",
    find: "if (!(await emptyQueue(deps, remainingMs))) return false;\n  await deps.requests.close(reqId);",
    replace: "await deps.requests.close(reqId);\n  if (!(await emptyQueue(deps, remainingMs))) return false;",
  },
  "request-item-put-before-timer": {
    invariant: "The timer of a request exists before its item starts the pipeline.",
    description:
      "The item is put before the timer is set, so a failure between the two leaves a request that nothing times out.",
    test: "test/lambdas/api/start-request.test.ts",
    changes: [
      {
        file: "lambdas/api/start-request.ts",
        find: "undo.push(() => deps.timer.cancel(reqId));",
        replace:
          "undo.push(() => deps.requests.delete(reqId));\n    const maxActive = deps.caps.maxActiveRequests;\n    const outcome = await deps.requests.put(item, maxActive, current);\n    undo.push(() => deps.timer.cancel(reqId));",
      },
      {
        file: "lambdas/api/start-request.ts",
        find: '    undo.push(() => deps.requests.delete(reqId));\n    const maxActive = deps.caps.maxActiveRequests;\n    const outcome = await deps.requests.put(item, maxActive, current);\n    if (outcome === "FULL")',
        replace: '    if (outcome === "FULL")',
      },
    ],
  },
  "requeue-sent-before-claimed": {
    invariant: "Missing tasks are queued again only by the run that has claimed the requeue.",
    description:
      "The tasks are queued before the claim, so two runs at once queue them twice, and a crash queues them without end.",
    test: "test/lambdas/shutdown/settle.test.ts",
    file: "lambdas/shutdown/settle.ts",
    find: "if (await deps.requests.claimRequeue(item)) await queueAgain(deps, item, recounted.taskBitmap);",
    replace: "await queueAgain(deps, item, recounted.taskBitmap);\n    await deps.requests.claimRequeue(item);",
  },
  "returned-tasks-not-awaited": {
    invariant: "A stopping agent deletes a message only after its unfinished tasks are queued again.",
    description: "The agent does not wait for the unfinished tasks to be queued.",
    test: "test/agent/receive/process-message.test.ts",
    file: "agent/receive/return-to-queue.ts",
    find: "await deps.queue.send(rests.map((it) => ({ ...it, ...carriedUrls(it, it.urls, carried) })));",
    replace: "deps.queue.send(rests).catch(() => undefined);",
  },
  "slot-kept-by-failed-download": {
    invariant: "A download that fails gives its slot back.",
    description: "A slot is given back only after a download that succeeded.",
    test: "test/agent/receive/process-message.test.ts",
    file: "agent/admit/task-run.ts",
    find: "    this.transfer.clear();\n    this.release();",
    replace:
      "    this.transfer.clear();\n    if (error === undefined) this.release();\n    else this.permit?.release();",
  },
  "target-sent-before-queued": {
    invariant: "A target is marked SENT only after all its tasks are queued.",
    description: "The target is marked SENT first, so a crash before its tasks are queued loses them.",
    test: "test/lambdas/task/crashes.test.ts",
    changes: [
      {
        file: "domain/plan/fan-out.ts",
        find: "await deps.queue.send(messagesFor",
        replace: "await markSent(deps, reqId, group.unsent);\n    await deps.queue.send(messagesFor",
      },
      {
        file: "domain/plan/fan-out.ts",
        find: "item.lane);\n    await markSent(deps, reqId, group.unsent);",
        replace: "item.lane);",
      },
    ],
  },
} satisfies Bugs;
