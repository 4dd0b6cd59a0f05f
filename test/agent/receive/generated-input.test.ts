import fc from "fast-check";
import { judge } from "../../../agent/fetch/attempt-verdict.ts";
import { parseTaskMessage, taskMessageSchema } from "../../../domain/plan/task-message.ts";
import { failureReasons } from "../../../domain/result/failure.ts";
import { fuzz } from "../../fuzz.ts";
import { taskMessage } from "../task-messages.ts";

const text = fc.string();
const X_CACHE = ["Hit", "Miss", "Error", "FunctionGeneratedResponse", "LambdaGeneratedResponse"].map(
  (word) => `${word} from cloudfront`,
);

it("the reason why a message is no task quotes nothing of it: there are headers in it", () => {
  const field = fc.constantFrom("pop", "urls", "ips", "shards", "header", "req_id");
  fc.assert(
    fc.property(field, fc.anything(), fc.boolean(), (name, value, isJson) => {
      const json = JSON.stringify({ ...taskMessage({ header: ["authorization: token-1"] }), [name]: value });
      const body = isJson ? json : `token-1${json}`;
      fc.pre(!isTask(body));
      const parsed = parseTaskMessage(body);
      expect("reason" in parsed && !parsed.reason.includes("token-1")).toBe(true);
    }),
    fuzz(500),
  );
});

describe("whatever a POP answers", () => {
  it("is good only as a whole 2xx", () => {
    const answer = fc.record(
      {
        bytes: fc.nat(50),
        httpStatus: fc.integer({ min: 100, max: 999 }),
        contentLength: fc.oneof(fc.nat(50), fc.constant(Number.NaN)),
        location: text,
        xCache: fc.oneof(text, fc.constantFrom(...X_CACHE)),
        wafAction: fc.constantFrom("challenge", "captcha"),
        failure: fc.record({ reason: fc.constantFrom(...failureReasons), code: text, detail: text }),
      },
      { requiredKeys: ["bytes"] },
    );
    fc.assert(
      fc.property(answer, (given) => {
        const outcome = judge(given, null);
        const whole = given.contentLength === undefined || given.contentLength === given.bytes;
        const good =
          given.failure === undefined &&
          given.httpStatus !== undefined &&
          Math.floor(given.httpStatus / 100) === 2 &&
          ![202, 204, 206].includes(given.httpStatus) &&
          given.wafAction === undefined &&
          !/^(error|functiongeneratedresponse|lambdageneratedresponse)\b/i.test(given.xCache ?? "") &&
          whole;
        expect(outcome.kind === "GOOD").toBe(good);
        if (outcome.kind !== "GOOD") expect(failureReasons).toContain(outcome.failure.reason);
      }),
      fuzz(5_000),
    );
  });
});

function isTask(body: string): boolean {
  try {
    return taskMessageSchema.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}
