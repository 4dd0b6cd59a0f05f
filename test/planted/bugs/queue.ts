import type { Bugs } from "../bug.ts";

export default {
  "express-waits-for-large-files": {
    invariant: "An agent takes messages of small requests while large files take all its capacity.",
    description: "The agent takes no message of the express queue until a large file ends.",
    test: "test/agent/receive/agent.test.ts",
    file: "agent/receive/agent.ts",
    find: "Math.max(1, large.free)",
    replace: "large.free",
  },
  "message-deleted-before-result-written": {
    invariant: "A message is deleted only after the results of all its tasks are written.",
    description: "The agent does not wait for a result to be written before the task counts as finished.",
    test: "test/agent/receive/process-message.test.ts",
    file: "agent/admit/task-run.ts",
    find: "Promise.resolve() : deps.write(result);",
    replace: "Promise.resolve() : Promise.resolve(void deps.write(result).catch(() => undefined));",
  },
  "small-requests-wait-behind-large-ones": {
    invariant: "Tasks of a small request have a queue of their own.",
    description: "The fan-out sends every task to the queue of large requests.",
    test: "test/lambdas/task/fan-out.test.ts",
    file: "domain/plan/fan-out.ts",
    find: "new Set(group.targets)), item.lane)",
    replace: "new Set(group.targets)))",
  },
  "stop-ignored-by-running-downloads": {
    invariant: "Downloads of a request that was stopped are aborted.",
    description: "The agent sees that the request has ended, and lets its downloads go on.",
    test: "test/agent/receive/hold-message.test.ts",
    file: "agent/receive/process-message.ts",
    find: "isActive || cancellation.cancel()",
    replace: "isActive || cancellation",
  },
  "stop-ignored-by-waiting-tasks": {
    invariant: "Tasks of a request that was stopped are not started.",
    description: "A task starts without looking whether its request goes on.",
    test: "test/agent/receive/process-message.test.ts",
    file: "agent/admit/task-run.ts",
    find: "this.isActive = isActive;",
    replace:
      "this.isActive = isActive || this.isFirstRequest();\n        if (this.isActive && !isActive) this.advance();",
  },
  "unstarted-work-kept-on-sigterm": {
    invariant: "On SIGTERM, tasks that have not started return to the queue.",
    description: "A stopping agent starts the tasks that wait in it.",
    test: "test/agent/receive/agent.test.ts",
    file: "agent/admit/task-steps.ts",
    find: 'if (it.isStopping && request.kind === "download") return "return";',
    replace: "",
  },
  "visibility-not-extended": {
    invariant: "The visibility timeout of a message is extended as long as the agent works on it.",
    description: "The timer that extends the visibility timeout sends nothing.",
    test: "test/agent/receive/hold-message.test.ts",
    file: "agent/receive/process-message.ts",
    find: "deps.queue.setVisibilityTimeout(receipt, deps.visibilitySeconds)",
    replace: "Promise.resolve()",
  },
} satisfies Bugs;
