import { Aws, CfnCondition, CfnParameter, Fn, Stack } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";

/** What a new table on demand takes, and the quota of a table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html */
const NEW_TABLE = 4_000;
const QUOTA = 40_000;

/**
 * The stack's `warmWritesPerSecond`: how much the table of results takes at once. More than a new table does is paid for once,
 * and AWS never takes it back.
 */
export function warmWrites(table: dynamodb.Table): void {
  const parameter = new CfnParameter(Stack.of(table), "warmWritesPerSecond", {
    type: "Number",
    default: NEW_TABLE,
    minValue: NEW_TABLE,
    maxValue: QUOTA,
    constraintDescription: `write units a second from ${NEW_TABLE} to ${QUOTA}`,
    description: "Results a second that the table takes from the beginning. Above 4000, AWS bills it once",
  });
  const asNew = new CfnCondition(table, "TakesAsNew", {
    expression: Fn.conditionEquals(parameter.valueAsString, String(NEW_TABLE)),
  });
  if (!(table.node.defaultChild instanceof dynamodb.CfnTable))
    throw new Error(`${table} has no table of CloudFormation`);
  const warm = { WriteUnitsPerSecond: parameter.valueAsNumber };
  table.node.defaultChild.warmThroughput = Fn.conditionIf(asNew.logicalId, Aws.NO_VALUE, warm);
}
