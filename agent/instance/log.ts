import { type DestinationStream, type Logger, pino } from "pino";
import { errorFields, withoutQueries } from "../../domain/telemetry/log-fields.ts";

/**
 * A logger of JSON lines. It removes queries of URLs, which may hold secrets.
 * @param destination default: standard output
 */
export function createLogger(destination?: DestinationStream): Logger {
  const text = (value: unknown) => (typeof value === "string" ? withoutQueries(value) : value);
  const options = { name: "prewarm-agent", serializers: { err: errorFields, error: text, reason: text, url: text } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
