import { CfnCondition, type CfnParameter, CfnRule, Fn, Stack, Token } from "aws-cdk-lib";
import * as budgets from "aws-cdk-lib/aws-budgets";
import { Construct } from "constructs";
import type { Parameters } from "./parameters.ts";

/**
 * A monthly budget (`monthlyBudget`, in US dollars; 0: none). It sends a mail when the actual or forecast cost exceeds it. It is
 * the account's: the costs of one stack are known only by cost allocation tags, which have to be activated first. A budget of tags that
 * are not active sends nothing.
 * https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { monthlyBudget: amount, alarmEmail: email }: Parameters) {
    super(scope, id);
    const wanted = Fn.conditionNot(Fn.conditionEquals(amount.valueAsString, "0"));
    new CfnRule(Stack.of(this), "BudgetHasAddress", {
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
        budgetLimit: { amount: Token.asNumber(amount.value), unit: "USD" },
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
    notification: { notificationType, threshold, comparisonOperator: "GREATER_THAN", thresholdType: "PERCENTAGE" },
    subscribers: [{ subscriptionType: "EMAIL", address: email.valueAsString }],
  };
}
