import { lengthOf } from "./length-of-time.ts";
import type { Claims, Phrases } from "./phrases.ts";
import { type Readiness, tooManyLack } from "./verdict.ts";

/** So many POPs or RECs are named. */
const MOST_NAMES = 3;

const number = new Intl.NumberFormat("en");
const many = (count: number, one: string, more = `${one}s`) => `${number.format(count)} ${count === 1 ? one : more}`;
const are = (count: number) => (count === 1 ? "is" : "are");

/** How long something takes. */
function time(ms: number): string {
  const { days, hours, minutes, seconds } = lengthOf(ms);
  if (days > 0) return hours > 0 ? `${many(days, "day")} ${hours} h` : many(days, "day");
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

export const EN: Phrases = {
  timeIsUp: () => "The time is up. What was done is being counted.",
  askingSizes: () => "Asking for the sizes of the URLs.",
  readingSources: () => "Reading the sources.",
  checkingPops: () => "Checking POPs.",
  queuing: () => "Queuing the tasks.",
  counting: () => "Every task has a result. They are being counted.",
  paused: (waiting, running) => {
    const head = "Paused: no instance is wanted.";
    const waits = many(waiting, "task waits", "tasks wait");
    if (running === 0) return `${head} ${waits}.`;
    const still = many(running, "task is still running", "tasks are still running");
    return `${head} ${still}, for up to a minute after their instances are told to stop; ${waits}.`;
  },
  waitingForInstances: (ms) => (ms < 60_000 ? "Waiting for instances." : `Waiting for instances for ${time(ms)}.`),
  noProgress: (ms) => `No progress for ${time(ms)}.`,
  underWay: (percentage) => `Under way: ${percentage}%.`,
  late: (ms) => `Late: needs ${time(ms)} more than the timeout.`,
  onTime: (left, spare, at) =>
    at === undefined
      ? `On time: about ${time(left)} left, ${time(spare)} before the timeout.`
      : `On time: about ${time(left)} left. Done by ${at}, ${time(spare)} before the timeout.`,
  failed: (reason) => (reason === undefined ? "Failed." : `Failed: ${reason.replace(/\.$/, "")}.`),
  stopped: (...how) => cutShort("Stopped", ...how),
  timedOut: (...how) => cutShort("Timed out", ...how),
  finished: ({ failed, total, ...claims }) =>
    failed === 0 ? `Finished: ${claimed({ failed, total, ...claims })}.` : `Finished: ${failedOf({ failed, total })}.`,
  verdict: (verdict, claims) => {
    if (verdict === "ready") return `Ready for traffic: ${claimed(claims)}.`;
    const head = verdict === "not_ready" ? "Not ready for traffic." : "Ready for traffic, with exceptions.";
    return claims.failed === 0 ? head : `${head} ${failedOf(claims)}.`;
  },
  exceptions: (readiness, claims) => {
    const head = `Ready for traffic, ${many(readiness.exceptions, "exception")}: ${troubles(readiness, claims)}.`;
    const unclaimed = notClaimed(claims);
    return unclaimed === "" ? head : `${head} Of the others, ${unclaimed}.`;
  },
  notReady: (readiness) => {
    const why = [coldObjects(readiness), lackingPops(readiness)].filter((it) => it !== "").join("; ");
    return why === "" ? "Not ready for traffic." : `Not ready for traffic: ${why}.`;
  },
};

function cutShort(how: string, percentage: number | undefined, notTried: number, failed: number): string {
  if (percentage === undefined) return `${how}. What was done is being counted.`;
  const rest = [
    ...(notTried > 0 ? [`${many(notTried, "task")} not tried.`] : []),
    ...(failed > 0 ? [`${many(failed, "task")} failed.`] : []),
  ];
  return [`${how} at ${percentage}%.`, ...rest].join(" ");
}

/** What is said of the good tasks, where all are good. */
function claimed(claims: Claims): string {
  const { total, warm } = claims;
  if (warm === total) return total === 1 ? "its task is warm" : `all ${many(total, "task")} are warm`;
  const unclaimed = notClaimed(claims);
  const first = warm === 0 ? "" : `${number.format(warm)} ${are(warm)} warm`;
  return `of ${many(total, "task")}, ${[first, unclaimed].filter((it) => it !== "").join(", ")}`;
}

function notClaimed({ hit, done }: Claims): string {
  const parts = [
    ...(hit > 0 ? [`${many(hit, "is a hit", "are hits")} whose tier was not told`] : []),
    ...(done > 0 ? [`${many(done, "was", "were")} downloaded and nothing is claimed`] : []),
  ];
  return parts.join(", ");
}

function failedOf({ failed, total }: Pick<Claims, "failed" | "total">): string {
  return `${number.format(failed)} of ${many(total, "task")} failed`;
}

function troubles({ unreadable_urls, unresolved_pops }: Readiness, { failed, total }: Claims): string {
  const parts = [
    ...(failed > 0 ? [failedOf({ failed, total })] : []),
    ...(unreadable_urls > 0 ? [`${many(unreadable_urls, "URL")} could not be read`] : []),
    ...(unresolved_pops > 0 ? [`${many(unresolved_pops, "POP")} did not resolve`] : []),
  ];
  return parts.join(", ");
}

function coldObjects({ cold_objects: count, cold_recs: recs }: Readiness): string {
  return count === 0 ? "" : `${many(count, "object")} ${are(count)} warm at no POP of ${names(recs, recs.length)}`;
}

function lackingPops(readiness: Readiness): string {
  if (!tooManyLack(readiness)) return "";
  const { lacking_pops, lacking_examples, pops } = readiness;
  const lack = lacking_pops === 1 ? "lacks more than 1% of its" : "lack more than 1% of their";
  const which = names(lacking_examples, lacking_pops);
  return `${number.format(lacking_pops)} of ${many(pops, "POP")} ${lack} tasks (${which})`;
}

/** The first few of so many names. */
function names(all: readonly string[], count: number): string {
  const told = all.slice(0, MOST_NAMES);
  const left = count - told.length;
  return left > 0 ? `${told.join(", ")} and ${number.format(left)} more` : told.join(", ");
}
