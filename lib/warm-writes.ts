import { Aws, CfnCondition, type CfnParameter, Fn } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import { NEW_TABLE_WRITES } from "./parameters.ts";

/**
 * How much the table of results takes at once. More than a new table does is paid for once, and AWS never takes it back:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
 */
export function warmWrites(table: dynamodb.Table, writesPerSecond: CfnParameter): void {
  const asNew = new CfnCondition(table, "TakesAsNew", {
    expression: Fn.conditionEquals(writesPerSecond.valueAsString, String(NEW_TABLE_WRITES)),
  });
  if (!(table.node.defaultChild instanceof dynamodb.CfnTable))
    throw new Error(`${table} has no table of CloudFormation`);
  const warm = { WriteUnitsPerSecond: writesPerSecond.valueAsNumber };
  table.node.defaultChild.warmThroughput = Fn.conditionIf(asNew.logicalId, Aws.NO_VALUE, warm);
}
