import { type Judgement, ok, warn } from "../judgement.ts";

/** What SNS gives in place of an ARN: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
const PENDING = "PendingConfirmation";

/** @param subscriptions ARNs of those by mail. The addresses themselves are not read. */
export function judgeAlarmMail(subscriptions: readonly string[]): Judgement {
  const confirmed = subscriptions.filter((arn) => arn.startsWith("arn:")).length;
  const pending = subscriptions.filter((arn) => arn === PENDING).length;
  if (pending > 0) return warn(`${pending} address has not confirmed`, "follow the link in the mail from AWS");
  if (confirmed === 0) return warn("alarms are mailed to nobody", "deploy with --parameters alarmEmail=…");
  return ok(`alarms are mailed to ${confirmed} confirmed address${confirmed === 1 ? "" : "es"}`);
}
