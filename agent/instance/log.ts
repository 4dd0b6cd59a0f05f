import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { failureReasons } from "../../domain/result/failure.ts";
import { errorFields, withoutQueries } from "../../domain/telemetry/log-fields.ts";
import { LineLimit } from "./line-limit.ts";

/** Of a message with a reason code, or of one without. An instance has a process for each core, and each has its own. */
const LINES_A_MINUTE = 60;
const MINUTE_MS = 60_000;

/**
 * JSON lines, without what only the report and the tables may have: queries of URLs. Of each message and reason code, 60 lines
 * a minute are written; a line a minute says how many were left out.
 * @param destination default: standard output
 */
export function createLogger(destination?: DestinationStream): Logger {
  const text = (value: unknown) => (typeof value === "string" ? withoutQueries(value) : value);
  const limit = new LineLimit(LINES_A_MINUTE);
  const options: LoggerOptions = {
    name: "prewarm-agent",
    serializers: { err: errorFields, error: text, reason: text, url: text },
    hooks: {
      logMethod(args, write) {
        if (limit.admits(kindOf(args))) write.apply(this, args);
      },
    },
  };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  const turn = () => {
    for (const { of, lines } of limit.turn()) logger.warn({ of, lines }, "lines left out");
  };
  setInterval(turn, MINUTE_MS).unref();
  process.once("exit", turn);
  return logger;
}

/**
 * The message, and the reason if it is one of the few codes. What a parser gives as the reason names places in what it
 * read: such kinds would be without number.
 */
function kindOf(args: readonly unknown[]): string {
  const [fields, message] = args;
  if (typeof fields !== "object" || fields === null) return String(fields);
  const known = "reason" in fields && failureReasons.some((code) => code === fields.reason);
  return known ? `${message}: ${fields.reason}` : String(message);
}
