import type { Bugs } from "../bug.ts";

const test = "test/lib/stacks.test.ts";
const project = "synth";

export default {
  "stack-bucket-is-public": {
    invariant: "Nobody can make the bucket public.",
    description: "The bucket accepts a policy that makes it public.",
    test,
    project,
    file: "lib/storage.ts",
    find: "s3.BlockPublicAccess.BLOCK_ALL",
    replace: "new s3.BlockPublicAccess({ blockPublicPolicy: false })",
  },
  "stack-timer-role-trusts-all-accounts": {
    invariant: "The scheduler assumes the timers' role for this account alone.",
    description: "The role has no condition.",
    test,
    project,
    file: "lib/pipeline.ts",
    find: 'conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },',
    replace: "",
  },
  "stack-writes-after-bucket-is-emptied": {
    invariant: "When the stack is deleted, a function that writes to the bucket is gone before the bucket is emptied.",
    description: "CloudFormation deletes the functions in any order.",
    test,
    project,
    file: "lib/pipeline.ts",
    find: "fn.node.addDependency(storage.bucket.emptied)",
    replace: "fn.node",
  },
  "stack-dead-letters-come-back-too-early": {
    invariant: "A dead letter that Watch handles is hidden until Watch ends.",
    description: "The dead-letter queue has the default visibility timeout, 30 seconds.",
    test,
    project,
    file: "lib/queues.ts",
    find: "visibilityTimeout: WATCH_INTERVAL,",
    replace: "",
  },
} satisfies Bugs;
