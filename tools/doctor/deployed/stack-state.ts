import { fail, type Judgement, ok, warn } from "../judgement.ts";

/** @param status https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
export function judgeStackState(status: string): Judgement {
  if (status === "UPDATE_ROLLBACK_COMPLETE")
    return warn(
      `the stack is ${status}`,
      "it works as before the update; see why the update failed, then deploy again",
    );
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok(`the stack is ${status}`);
  if (status.endsWith("_IN_PROGRESS"))
    return warn(`the stack is ${status}`, "wait until that has ended, then ask again");
  return fail(`the stack is ${status}`, "look at its events in CloudFormation, mend the cause, deploy again");
}
