// The fake AWS of a model: one huge request, whose results are made up as they are asked for.
import { FakeAws, FakeObjects, FakeQueue } from "../../local/fake-aws.ts";
import { CounterTable } from "./counter-table.ts";
import { ModelRequest, readModelOptions } from "./model-request.ts";

const LATENCY_MS = 8;
const options = readModelOptions(process.env);
const request = new ModelRequest(options);
const counters = new CounterTable();
const body = JSON.stringify({ req_id: request.reqId, pop: "SIN2-P1" }).padEnd(300);
const messages = new FakeQueue(options.messages, () => body);
const objects = new FakeObjects(request.lists());

await new FakeAws({
  latencyMs: LATENCY_MS,
  tables: {
    PROGRESS_TABLE: counters,
    REQUEST_TASK_TABLE: { query: (key, input) => request.resultPage(key, positionOf(input["ExclusiveStartKey"])) },
    REQUEST_POP_TABLE: { query: () => request.targets() },
    // Its indexes are empty: nothing else is active, nothing is closing.
    REQUEST_TABLE: { get: () => request.item(), update: (input) => request.update(input) },
  },
  queue: { url: "/QUEUE_URL", messages },
  objects,
  state: () => ({ ...request.state(), ...counters.state(), left: messages.left, objects: objects.bytes() }),
}).serve();

function positionOf(key: unknown): number {
  return Number(Object(Object(key)["pop_url"])["S"] ?? 0);
}
