import type { Bugs } from "../bug.ts";

export default {
  "active-requests-exceed-cap": {
    invariant: "At most maxActiveRequests are active, however many calls come at once.",
    description: "A request is put without regard to how many permits are taken.",
    test: "test/pipeline/requests/active-limit.test.ts",
    project: "pipeline",
    changes: [
      {
        file: "aws/request-table.ts",
        find: "size(holders) < :most",
        replace: "attribute_exists(holders) OR size(holders) < :most",
      },
    ],
  },
  "check-without-permit": {
    invariant: "Checks stay within the limits of the origin: those of objects that are not kept reach it.",
    description: "A check is sent after its wait without a permit.",
    test: "test/agent/admit/permits.test.ts",
    changes: [
      {
        file: "agent/admit/download-message.ts",
        find: "await this.acquirePermit({ isContinuation: true, needsSendSlot: false });",
        replace: "await Promise.resolve();",
      },
    ],
  },
  "concurrency-exceeded-after-crash": {
    invariant:
      "Downloads at an origin never exceed `concurrency`, whatever the other agents have under way after a crash.",
    description: "A process without heartbeats goes on after others have reclaimed its permits.",
    test: "test/domain/origin/origin-limiter-registry.test.ts",
    changes: [
      { file: "domain/origin/permit-lease.ts", find: "const LOST_SHARE = 0.75;", replace: "const LOST_SHARE = 3;" },
    ],
  },
  "followers-released-together": {
    invariant: "Until its regional edge cache is confirmed, one follower of a lead at a POP runs at a time.",
    description: "Followers do not wait for the first one.",
    test: "test/agent/admit/follower-gate.test.ts",
    changes: [
      {
        file: "agent/admit/follower-gate.ts",
        find: "running.length === 0",
        replace: "running.length >= 0",
      },
    ],
  },
  "idle-permits-outlive-the-heartbeat": {
    invariant: "A process whose heartbeat is too old uses no permit that others may have reclaimed.",
    description: "Permits that are not in use are kept when the lease has expired.",
    test: "test/domain/origin/permit-lease.test.ts",
    changes: [
      {
        file: "domain/origin/permit-lease.ts",
        find: "if (!this.hasHeartbeat(now) && this.permits > 0) this.lose();",
        replace: "if (!this.hasHeartbeat(now) && this.inUse > 0) this.lose();",
      },
    ],
  },
  "limit-per-host": {
    invariant: "A request has one limit and one lease of permits, however many hosts it has.",
    description: "A process has a limiter for each host of a request.",
    test: "test/domain/origin/origin-limiter-registry.test.ts",
    changes: [
      {
        file: "domain/origin/origin-limiter-registry.ts",
        find: "isLimited(origin) ? req_id : host",
        replace: "isLimited(origin) ? req_id + host : host",
      },
    ],
  },
  "limit-per-process": {
    invariant: "A request's limit holds for all agents together.",
    description: "Each process sends as many requests per second as the request allows in all.",
    test: "test/origin-limiter/requirements.test.ts",
    changes: [
      {
        file: "domain/origin/reservations.ts",
        find: '{ kind: "set", to: wholeMicroseconds(start + by), below: start }',
        replace: '{ kind: "set", to: start + by, below: Number.POSITIVE_INFINITY }',
      },
      {
        file: "domain/origin/reservations.ts",
        find: "if (tat === undefined || tat < start)",
        replace: "if (tat === undefined || tat !== start)",
      },
    ],
  },
  "permits-stay-leased-after-a-conflict": {
    invariant: "Permits that a process does not use are given back, also if DynamoDB cancels a transaction.",
    description: "After a transaction that failed, the process believes that the store holds what it wanted to write.",
    test: "test/domain/origin/permit-lease.test.ts",
    changes: [
      {
        file: "domain/origin/permit-lease.ts",
        find: "    this.stored = undefined;\n    this.calls.nextCallAt",
        replace: "    this.stored = to;\n    this.calls.nextCallAt",
      },
    ],
  },
  "retry-after-ignored": {
    invariant: "An origin that sends Retry-After is left alone for that long.",
    description: "The back-off of an origin does not read Retry-After.",
    test: "test/domain/origin/origin-limiter-registry.test.ts",
    changes: [
      {
        file: "domain/origin/origin-limiter-registry.ts",
        find: "retryAfterMs(response.retryAfter, now)",
        replace: "retryAfterMs(undefined, now)",
      },
    ],
  },
  "slot-taken-before-connection": {
    invariant: "A request is sent in its slot, however long its connection takes to open.",
    description: "A request does not wait for a slot once its connection is open.",
    test: "test/pipeline/requests/origin.test.ts",
    project: "pipeline",
    changes: [
      {
        file: "agent/admit/download-message.ts",
        find: "this.permit?.waitForSendSlot(this.job.cancellation.signal)",
        replace: "undefined",
      },
    ],
  },
  "waiting-followers-are-counted-as-attempted": {
    invariant: "Only what was requested counts as an attempt.",
    description: "Followers that wait for one that was refused return to the queue with its attempts.",
    test: "test/agent/receive/deferrals.test.ts",
    changes: [
      {
        file: "agent/admit/download-message.ts",
        find: "new DeferredError(error.delayMs) : undefined",
        replace: "error : undefined",
      },
    ],
  },
} satisfies Bugs;
