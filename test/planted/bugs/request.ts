import type { Bugs } from "../bug.ts";

export default {
  "client-token-creates-two-requests": {
    invariant: "Two calls with the same client token create one request.",
    description: "A claim of a client token succeeds while the token stands for another request.",
    test: "test/aws/client-tokens.test.ts",
    file: "aws/client-tokens.ts",
    find: "expire_at <= :now",
    replace: "expire_at > :now",
  },
  "covered-urls-cost-a-path-each": {
    invariant:
      "A URL that a path of invalidate covers is not invalidated by itself: 60,000 of them would cost 295 dollars.",
    description: "Each URL is invalidated by itself, also where a pattern covers it.",
    test: "test/domain/plan/invalidate.test.ts",
    file: "domain/plan/invalidate.ts",
    find: "if (id === undefined || isCovered(url)) continue;",
    replace: "if (id === undefined) continue;",
  },
  "download-counts-as-verified": {
    invariant: "A request of which nothing was verified is not said to be ready.",
    description: "Downloads count as verified.",
    test: "test/domain/readiness/verdict.test.ts",
    file: "domain/readiness/verdict.ts",
    find: "warm_count + hit_count + regional_count === 0",
    replace: "warm_count + hit_count + regional_count < 0",
  },
  "retry-repeats-successes": {
    invariant: "A retry downloads only the tasks that failed or were never tried.",
    description: "A URL that failed at one POP is retried at every POP of the retry.",
    test: "test/domain/plan/retry-plan.test.ts",
    file: "domain/plan/retry-plan.ts",
    find: "popIndexes.length === used.length ? undefined",
    replace: "popIndexes.length > 0 ? undefined",
  },
  "scheduled-check-not-deleted": {
    invariant: "The scheduled settlement check of a request is deleted when the request has ended.",
    description: "The clean-up leaves the schedule of the pending check in place.",
    test: "test/lambdas/shutdown/clean-up.test.ts",
    file: "lambdas/shutdown/clean-up.ts",
    find: "await deps.checkSchedule.cancel(reqId);",
    replace: "",
  },
  "settled-with-tasks-missing": {
    invariant: "A request finishes only when every task has a result.",
    description: "A request finishes when all tasks but one have a result.",
    test: "test/domain/request/lifecycle.test.ts",
    file: "domain/request/lifecycle.ts",
    find: "download_count >= total;",
    replace: "download_count >= total - 1;",
  },
  "timer-not-deleted": {
    invariant: "The timer of a request is deleted when the request has ended.",
    description: "The cleanup leaves the schedule of the request in place.",
    test: "test/lambdas/shutdown/clean-up.test.ts",
    file: "lambdas/shutdown/clean-up.ts",
    find: "await deps.timer.cancel(reqId);",
    replace: "",
  },
  "unreadable-urls-are-no-exception": {
    invariant: "A request of which some URLs could not be read is not plainly ready.",
    description: "URLs that could not be read are no exception to the verdict.",
    test: "test/domain/readiness/verdict.test.ts",
    file: "domain/readiness/verdict.ts",
    find: "(covered.unreadable_urls > 0 ? 1 : 0) +",
    replace: "",
  },
  "verdict-ignores-unreadable-urls": {
    invariant:
      "A URL that could not be read counts as cold at every POP: a request of which most URLs are unreadable is not ready.",
    description: "The POPs do not lack the URLs that could not be read.",
    test: "test/lambdas/shutdown/settle.test.ts",
    file: "domain/readiness/coverage.ts",
    find: "pop.unreadable++",
    replace: "pop.unreadable += 0",
  },
} satisfies Bugs;
