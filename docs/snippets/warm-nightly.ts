import { TimeZone } from "aws-cdk-lib";
import { Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { StepFunctionsStartExecution } from "aws-cdk-lib/aws-scheduler-targets";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";

/**
 * Warms every night at three.
 * @param warmAndWait the state machine of WarmAndWait, which has the API key
 * @param body body of POST /prewarm
 */
export class WarmNightly extends Construct {
  constructor(scope: Construct, id: string, warmAndWait: IStateMachine, body: object) {
    super(scope, id);
    new Schedule(this, "Nightly", {
      schedule: ScheduleExpression.cron({ hour: "3", minute: "0", timeZone: TimeZone.EUROPE_BERLIN }),
      target: new StepFunctionsStartExecution(warmAndWait, { input: ScheduleTargetInput.fromObject(body) }),
    });
  }
}
