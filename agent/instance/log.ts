import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { errorFields, withoutQueries } from "../../domain/log-fields.ts";
import { failureReasons } from "../../domain/result/failure.ts";

/** Of a message with a reason code, or of one without. An instance has a process for each core, and each has its own. */
const LINES_A_MINUTE = 60;
const MINUTE_MS = 60_000;

/**
 * JSON lines, without what only the report and the tables may have: queries of URLs. Of each message and reason code, 60 lines
 * a minute are written; one line a minute counts those that were left out.
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
  const logger = pino(options, destination);
  const endMinute = () => {
    for (const { of, lines } of limit.endMinute()) logger.warn({ of, lines }, "Log lines dropped");
  };
  setInterval(endMinute, MINUTE_MS).unref();
  process.once("exit", endMinute);
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

/** Lines that were left out: how many, and what they would have said. */
interface LeftOut {
  readonly of: string;
  readonly lines: number;
}

/**
 * Lets so many lines of a kind through in a minute, and counts the others. Thousands of failures a second would fill the
 * disk within a request; each is in the table of results.
 */
class LineLimit {
  private readonly seen = new Map<string, number>();

  constructor(private readonly perMinute: number) {}

  /** Whether one more line of this kind may be written. */
  admits(kind: string): boolean {
    const lines = (this.seen.get(kind) ?? 0) + 1;
    this.seen.set(kind, lines);
    return lines <= this.perMinute;
  }

  /** Begins another minute. @returns what the last one left out, by kind */
  endMinute(): LeftOut[] {
    const leftOut = [...this.seen]
      .map(([of, lines]) => ({ of, lines: lines - this.perMinute }))
      .filter(({ lines }) => lines > 0);
    this.seen.clear();
    return leftOut;
  }
}
