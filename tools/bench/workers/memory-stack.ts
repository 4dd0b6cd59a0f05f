// The AWS of a benchmark. It tells its parent when the first message is asked for, and when all are deleted.
import { readFileSync } from "node:fs";
import { MemoryStack, type TableName } from "../memory-stack.ts";
import type { StackContent } from "../pinned.ts";

const POLL_MS = 5;
const { messages, copies, items } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Required<StackContent>;
const aws = new MemoryStack();
for (const [table, item] of Object.entries(items)) aws.put(table as TableName, item);
for (let copy = 0; copy < copies; copy++) for (const message of messages) aws.sqs.send("main", message);

if (messages.length > 0)
  aws.inject = ({ operation, resource }) => {
    if (operation !== "ReceiveMessage" || resource !== "main") return undefined;
    aws.inject = () => undefined;
    tell("first");
    const timer = setInterval(() => {
      if (aws.sqs.messages("main").length > 0) return;
      clearInterval(timer);
      tell("done");
    }, POLL_MS);
    return undefined;
  };

function tell(event: "first" | "done"): void {
  const written = aws.calls.filter(({ operation }) => operation === "BatchWriteItem");
  const count = written.reduce((sum, { entries }) => sum + entries, 0);
  process.send?.({ event, written: count, calls: aws.calls.length });
}

process.send?.({ event: "listening", endpoint: await aws.listen() });
process.once("disconnect", () => process.exit(0));
