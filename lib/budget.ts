import { CfnCondition, CfnParameter, CfnRule, Fn, Stack } from "aws-cdk-lib";
import * as budgets from "aws-cdk-lib/aws-budgets";
import { Construct } from "constructs";

const PERCENT = "PERCENTAGE";

/**
 * A monthly budget that mails when it is used up, or will be: the stack's `monthlyBudget`, in US dollars; none with 0. It is
 * the account's: costs of one stack would be told by tags that somebody has to activate first, and a budget of tags that
 * nobody activated never says anything.
 * https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
 */
export class Budget extends Construct {
  /** @param email where the mails go */
  constructor(scope: Construct, id: string, email: CfnParameter) {
    super(scope, id);
    const stack = Stack.of(this);
    const amount = new CfnParameter(stack, "monthlyBudget", {
      type: "Number",
      default: 0,
      minValue: 0,
      maxValue: 1_000_000,
      constraintDescription: "US dollars up to 1,000,000; 0 for no budget",
      description: "US dollars a month of the whole account at which alarmEmail is mailed; 0: no budget",
    });
    const wanted = Fn.conditionNot(Fn.conditionEquals(amount.valueAsString, "0"));
    new CfnRule(stack, "BudgetHasAddress", {
      ruleCondition: wanted,
      assertions: [
        {
          assert: Fn.conditionNot(Fn.conditionEquals(email.valueAsString, "")),
          assertDescription: "monthlyBudget needs alarmEmail: the address that is mailed",
        },
      ],
    });
    const budget = new budgets.CfnBudget(this, "Monthly", {
      budget: {
        budgetType: "COST",
        timeUnit: "MONTHLY",
        budgetLimit: { amount: amount.valueAsNumber, unit: "USD" },
      },
      notificationsWithSubscribers: [
        notification("ACTUAL", 80, email),
        notification("ACTUAL", 100, email),
        notification("FORECASTED", 100, email),
      ],
    });
    budget.cfnOptions.condition = new CfnCondition(this, "Wanted", { expression: wanted });
  }
}

function notification(notificationType: string, threshold: number, email: CfnParameter) {
  return {
    notification: { notificationType, threshold, comparisonOperator: "GREATER_THAN", thresholdType: PERCENT },
    subscribers: [{ subscriptionType: "EMAIL", address: email.valueAsString }],
  };
}
