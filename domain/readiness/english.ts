import { lengthOf } from "../format.ts";
import { type Readiness, tooManyLack } from "../request/verdict.ts";
import type { Claims, Phrases } from "./phrases.ts";

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
    if (verdict === "not_verified" && claims.failed === 0) return `${NOT_VERIFIED}: ${many(claims.done, "task")}.`;
    const head = { not_ready: "Not ready for traffic.", not_verified: `${NOT_VERIFIED}.` };
    const said = verdict === "ready_with_exceptions" ? "Ready for traffic, with exceptions." : head[verdict];
    return claims.failed === 0 ? said : `${said} ${failedOf(claims)}.`;
  },
  exceptions: (verdict, readiness, claims) => {
    const head = verdict === "not_verified" ? NOT_VERIFIED : "Ready for traffic";
    const said = `${head}, ${many(readiness.exceptions, "exception")}: ${troubles(readiness, claims)}.`;
    const unclaimed = verdict === "not_verified" ? "" : notClaimed(claims);
    return unclaimed === "" ? said : `${said} Of the others, ${unclaimed}.`;
  },
  notReady: (readiness, claims) => {
    const cold = [unreadable(readiness), coldObjects(readiness), lackingPops(readiness)].filter((it) => it !== "");
    // What no reason above explains.
    const rest = readiness.cold_objects === readiness.cold_unreadable && lackingPops(readiness) === "";
    const why = rest && claims.failed > 0 ? [...cold, failedOf(claims)] : cold;
    const said = why.length === 0 ? "Not ready for traffic." : `Not ready for traffic: ${why.join("; ")}.`;
    if (readiness.unresolved_pops === 0) return said;
    const besides = unresolved(readiness);
    return `${said} ${besides.charAt(0).toUpperCase()}${besides.slice(1)}.`;
  },
};

const NOT_VERIFIED = "Downloaded; warmth not verified";

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
    ...(hit > 0 ? [many(hit, "is a hit that is not proven warm", "are hits that are not proven warm")] : []),
    ...(done > 0 ? [`${many(done, "was", "were")} downloaded and nothing is claimed`] : []),
  ];
  return parts.join(", ");
}

function failedOf({ failed, total }: Pick<Claims, "failed" | "total">): string {
  return `${number.format(failed)} of ${many(total, "task")} failed`;
}

function troubles(readiness: Readiness, { failed, total }: Claims): string {
  const parts = [
    ...(failed > 0 ? [failedOf({ failed, total })] : []),
    ...(readiness.unreadable_urls > 0 ? [unreadable(readiness)] : []),
    ...(readiness.unresolved_pops > 0 ? [unresolved(readiness)] : []),
  ];
  return parts.join(", ");
}

function unreadable({ unreadable_urls: count, urls }: Readiness): string {
  if (count === 0) return "";
  const which = urls === 0 ? many(count, "URL") : `${number.format(count)} of ${many(urls, "URL")}`;
  return `${which} could not be read`;
}

const NO_ANSWER = "the DNS resolver did not answer or returned an error";

/** A resolver that is down is another fault than a name that does not exist. */
function unresolved(readiness: Readiness): string {
  const { unresolved_pops: count, unanswered_pops: unanswered, unresolved_examples: pops } = readiness;
  // A release before named none.
  const which = pops.length === 0 ? "" : names(pops, count);
  if (unanswered === count) return `${NO_ANSWER} for ${many(count, "POP")}${inBrackets(which)}`;
  const why = unanswered === 0 ? "" : `for ${number.format(unanswered)} of them ${NO_ANSWER}`;
  return `${many(count, "POP")} did not resolve${inBrackets(which, why)}`;
}

/** The objects that could be read; those that could not are told by themselves. */
function coldObjects({ cold_objects, cold_unreadable, cold_recs: recs }: Readiness): string {
  const count = cold_objects - cold_unreadable;
  if (count <= 0) return "";
  const objects = cold_unreadable > 0 ? many(count, "other object") : many(count, "object");
  return `${objects} ${are(count)} warm at no POP${recs.length === 0 ? "" : ` of ${names(recs, recs.length)}`}`;
}

/** Besides what is cold or could not be read. */
function lackingPops({ lacking_other_pops: count, lacking_examples, pops }: Readiness): string {
  if (!tooManyLack({ lacking_pops: count, pops })) return "";
  const lack = count === 1 ? "lacks more than 1% of its" : "lack more than 1% of their";
  return `${number.format(count)} of ${many(pops, "POP")} ${lack} tasks (${names(lacking_examples, count)})`;
}

function inBrackets(...parts: readonly string[]): string {
  const said = parts.filter((it) => it !== "");
  return said.length === 0 ? "" : ` (${said.join("; ")})`;
}

/** The first few of so many names. */
function names(all: readonly string[], count: number): string {
  const told = all.slice(0, MOST_NAMES);
  const left = count - told.length;
  return left > 0 ? `${told.join(", ")} and ${number.format(left)} more` : told.join(", ");
}
