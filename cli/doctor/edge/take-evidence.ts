import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import pMap from "p-map";
import { errorCode, type Resolver } from "../../../domain/net/resolver.ts";
import { popDomain } from "../../../domain/pops/select.ts";
import { recOf } from "../../../domain/pops/sites.ts";
import type { EdgePlace } from "../check/place.ts";
import { AskError, ask, type Way } from "./ask.ts";
import {
  EVIDENCE_FORMAT,
  EVIDENCE_LABELS,
  EVIDENCE_LIMITS,
  type Evidence,
  type EvidencePop,
  type EvidenceRequest,
  type EvidenceStep,
} from "./evidence.ts";
import { cacheOf, isCachedError } from "./observed-edge.ts";
import { allowedHeaders, Redactor } from "./redact.ts";

/** Two each of three regional caches, as far as the catalogue knows: they show which of them share one. */
export const EVIDENCE_POPS = ["FRA60-P1", "FRA56-P4", "IAD89-P1", "IAD89-P2", "SIN2-P1", "SIN2-P2"];

/** AWS's documents use it for examples. */
const DOCUMENTED_LABEL = "d111111abcdef8";
/** Of a POP, beside the first. */
const MAX_OTHER_ADDRESSES = 3;
const HIT_AFTER_MS = 2_000;
/** When a path that is missing is asked for, in seconds since the first time. CloudFront keeps an error for ten, unless told otherwise. */
const ERROR_SECONDS = [0, 2, 4, 6, 8, 9, 11, 13, 16, 20];
const LOOKUPS_IN_PARALLEL = 6;

export interface EvidenceDeps {
  /** Each is asked for under its own host. */
  readonly objects: readonly [URL, ...URL[]];
  /** The distribution's domain, or the name that leads to it. */
  readonly distribution: string;
  /** First label of the distribution's domain. */
  readonly label: string;
  readonly pops: readonly string[];
  readonly edge: EdgePlace;
  readonly dns: Pick<Resolver, "addresses">;
  readonly isCloudFront: boolean;
  /** A value of a query that nobody used before. @default random */
  readonly fresh?: () => string;
  /** @default 200 requests, 20 MB */
  readonly limits?: typeof EVIDENCE_LIMITS;
}

/** Asks a few POPs for a few objects, and writes down what they answer: redacted from the start, nothing else is kept. */
export async function takeEvidence(deps: EvidenceDeps): Promise<Evidence> {
  return new EvidenceRun(deps).take();
}

/** A POP that has addresses. */
interface Located {
  readonly pop: string;
  readonly addresses: readonly string[];
  /** What a random label leads to. */
  readonly other: readonly string[];
}

/** A URL that is asked for under one number. */
interface Copy {
  readonly copy: number;
  readonly url: URL;
  readonly object: number;
}

interface SendOptions {
  /** @default the POP's first */
  readonly address?: number;
  /** @default of the POP */
  readonly addresses?: readonly string[];
  /** @default true */
  readonly pragma?: boolean;
}

class EvidenceRun {
  private readonly redactor = new Redactor();
  private readonly budget: Budget;
  private readonly requests: EvidenceRequest[] = [];
  private readonly certificates = new Map<string, EvidencePop["certificate"]>();
  /** Bytes of each object, as its last response stated them. */
  private readonly sizes = new Map<number, number>();
  private readonly startedAt = performance.now();
  private copies = 0;

  constructor(private readonly deps: EvidenceDeps) {
    this.budget = new Budget(deps.limits ?? EVIDENCE_LIMITS);
  }

  async take(): Promise<Evidence> {
    const { deps, redactor, budget } = this;
    const taken_at = new Date().toISOString();
    const labels = await pMap(deps.pops, (pop) => this.lookUp(pop), { concurrency: LOOKUPS_IN_PARALLEL });
    const located = deps.pops.flatMap((pop, index): Located[] => {
      const [own, random] = labels[index] ?? [];
      return own === undefined || own.addresses.length === 0
        ? []
        : [{ pop, addresses: own.addresses, other: random?.addresses ?? [] }];
    });
    await this.series(located);
    return {
      format: EVIDENCE_FORMAT,
      taken_at,
      edge: deps.isCloudFront ? "CloudFront" : "a stand-in",
      limits: budget.limits,
      sent: { requests: budget.requests, bytes: budget.bytes },
      ...(budget.cutBy === undefined ? {} : { cut_by: budget.cutBy }),
      distribution: redactor.host(deps.distribution),
      objects: deps.objects.map((url) => ({
        host: redactor.host(url.hostname),
        scheme: url.protocol === "http:" ? "http" : "https",
        extension: extensionOf(url),
      })),
      pops: deps.pops.map((pop, index) => {
        const certificate = this.certificates.get(pop);
        return { pop, labels: labels[index] ?? [], ...(certificate === undefined ? {} : { certificate }) };
      }),
      requests: this.requests.toSorted((a, b) => a.at_ms - b.at_ms),
    };
  }

  private lookUp(pop: string): Promise<EvidencePop["labels"]> {
    const { label: own, dns } = this.deps;
    const names = { own, random: `d${randomBytes(7).toString("hex").slice(0, 13)}`, documented: DOCUMENTED_LABEL };
    return Promise.all(
      EVIDENCE_LABELS.map(async (label) => {
        try {
          const addresses = await dns.addresses(popDomain(names[label], pop));
          return { label, addresses: addresses.toSorted() };
        } catch (error) {
          return { label, addresses: [], error: codeOf(error) };
        }
      }),
    );
  }

  /** One request after the other, so that each finds what the one before it left. */
  private async series(located: readonly Located[]): Promise<void> {
    const answering: Located[] = [];
    let errors: Promise<void> | undefined;
    for (const at of located) {
      if (!(await this.heads(at))) continue;
      answering.push(at);
      // Beside the others: it takes the longest, and its path is nobody else's.
      errors ??= this.errors(at);
      await this.popSeries(at);
    }
    await this.recs(answering);
    const [first] = answering;
    for (let object = 1; first !== undefined && object < this.deps.objects.length; object++)
      await this.hits(first, object);
    await errors;
  }

  private async popSeries(at: Located): Promise<void> {
    const { other, addresses } = at;
    if (other.length > 0 && other.join() !== addresses.join())
      await this.send(at, this.fresh(), "other_label", "HEAD", { addresses: other });
    await this.ranges(at);
    await this.hits(at);
    await this.collapsed(at);
  }

  /**
   * The first of all tells the object's size, so that no download is begun that would be too much.
   * @returns whether the POP answers at all
   */
  private async heads(at: Located): Promise<boolean> {
    const copy = this.fresh();
    const both = [await this.send(at, copy, "head_cold", "HEAD"), await this.send(at, copy, "head_again", "HEAD")];
    return both.some((it) => it?.status !== undefined);
  }

  private async ranges(at: Located): Promise<void> {
    const copy = this.fresh();
    await this.send(at, copy, "range_cold", "RANGE");
    await this.send(at, copy, "range_again", "RANGE");
    await this.send(at, copy, "range_then_get", "GET");
  }

  private async hits(at: Located, object = 0): Promise<void> {
    const copy = this.fresh(object);
    const first = await this.send(at, copy, "first", "GET");
    if (first?.status === undefined || first.error !== undefined) return;
    await this.send(at, copy, "at_once", "GET");
    const since = performance.now();
    await this.send(at, copy, "head_warm", "HEAD");
    await this.send(at, copy, "range_warm", "RANGE");
    await sleep(Math.max(0, HIT_AFTER_MS - (performance.now() - since)));
    await this.send(at, copy, "after_2_s", "GET");
    await this.send(at, copy, "without_pragma", "GET", { pragma: false });
    const others = Math.min(at.addresses.length - 1, MAX_OTHER_ADDRESSES);
    for (let address = 1; address <= others; address++) await this.send(at, copy, "other_address", "GET", { address });
  }

  private async collapsed(at: Located): Promise<void> {
    const copy = this.fresh();
    await Promise.all([this.send(at, copy, "collapsed", "GET"), this.send(at, copy, "collapsed", "GET")]);
    await this.send(at, copy, "after_collapsed", "GET");
  }

  /**
   * Which POPs share a regional cache: each is asked for what one of another cache has downloaded before, and nobody else. The one that
   * likely shares its cache comes first.
   */
  private async recs(located: readonly Located[]): Promise<void> {
    const ofOther: Located[] = [];
    for (const at of located) {
      const likely = (it: Located) => (recOf(it.pop) === recOf(at.pop) ? 0 : 1);
      let shares = false;
      for (const other of ofOther.toSorted((a, b) => likely(a) - likely(b))) {
        const copy = this.fresh();
        const filled = await this.send(other, copy, "rec_fill", "GET");
        if (filled?.status === undefined) continue;
        const second = await this.send(at, copy, "rec_second", "GET");
        shares = second !== undefined && cacheOf(second) === "HIT";
        if (shares) break;
      }
      if (!shares) ofOther.push(at);
    }
  }

  /** How long an error is kept: until a response is the origin's again. */
  private async errors(at: Located): Promise<void> {
    const { fresh = randomValue, objects } = this.deps;
    const url = new URL(`/prewarm-doctor-${fresh()}`, objects[0]);
    const copy = { copy: ++this.copies, url, object: 0 };
    const since = performance.now();
    for (const seconds of ERROR_SECONDS) {
      await sleep(Math.max(0, seconds * 1_000 - (performance.now() - since)));
      const answer = await this.send(at, copy, "error", "GET");
      if (answer?.status === undefined || answer.status < 400) return;
      if (seconds > 0 && !isCachedError(answer)) return;
    }
  }

  private fresh(object = 0): Copy {
    const { objects, fresh = randomValue } = this.deps;
    const url = new URL(objects[object] ?? objects[0]);
    url.searchParams.append("prewarm-doctor", fresh());
    return { copy: ++this.copies, url, object };
  }

  /** @returns undefined: a limit is reached, and nothing was sent */
  private async send(
    { pop, addresses: own }: Located,
    { copy, url, object }: Copy,
    step: EvidenceStep,
    method: Way,
    { address = 0, addresses = own, pragma = true }: SendOptions = {},
  ): Promise<EvidenceRequest | undefined> {
    const permit = this.budget.acquire(this.expectedBytes(object, step, method));
    if (permit === undefined) return undefined;
    const known = { at_ms: this.now(), pop, address, object, copy, step, method, pragma };
    const request = await this.answerOf(known, url, () =>
      ask(url, addresses[address] ?? "", method, this.deps.edge, { pragma, maxBytes: permit.maxBytes }),
    );
    permit.release(request.bytes);
    this.requests.push(request);
    return request;
  }

  /** @returns undefined: unknown */
  private expectedBytes(object: number, step: EvidenceStep, method: Way): number | undefined {
    if (method === "HEAD") return 0;
    return method === "GET" && step !== "error" ? this.sizes.get(object) : SMALL_BYTES;
  }

  private async answerOf(
    known: Omit<EvidenceRequest, "headers" | "bytes">,
    url: URL,
    send: () => ReturnType<typeof ask>,
  ): Promise<EvidenceRequest> {
    const { pop, step, method, object } = known;
    try {
      const { status, headers, firstByteMs, bytes, certificate } = await send();
      if (step !== "other_label" && certificate !== undefined) this.addCertificate(pop, url, certificate);
      const size = method === "HEAD" ? Number(headers["content-length"] ?? Number.NaN) : bytes;
      if (status === 200 && step !== "error" && Number.isSafeInteger(size)) this.sizes.set(object, size);
      return { ...known, status, headers: allowedHeaders(headers), first_byte_ms: firstByteMs, bytes };
    } catch (error) {
      const code = codeOf(error);
      // A HEAD may have told another size than the object has.
      if (error instanceof AskError && error.code === "MAX_BYTES" && method === "GET" && step !== "error")
        this.correctSize(object, error.stated);
      if (/CERT|SSL|TLS|UNABLE_TO|EPROTO/.test(code) && !this.certificates.has(pop))
        this.certificates.set(pop, {
          sni: this.redactor.host(url.hostname),
          error: code,
          names: [],
          covers_pop_name: false,
        });
      return { ...known, headers: {}, bytes: bytesOf(error), error: code };
    }
  }

  /** @param stated undefined: nobody knows */
  private correctSize(object: number, stated: number | undefined): void {
    if (stated === undefined) this.sizes.delete(object);
    else this.sizes.set(object, stated);
  }

  private addCertificate(pop: string, url: URL, certificate: PeerCertificate): void {
    if (this.certificates.has(pop)) return;
    const { redactor, deps } = this;
    const names = (certificate.subjectaltname ?? "").split(", ").map((name) => name.replace(/^DNS:/, ""));
    const issuer = [certificate.issuer?.O ?? []].flat().join();
    this.certificates.set(pop, {
      sni: redactor.host(url.hostname),
      // Another issuer may be a company that reads what its network sends.
      ...(issuer === ""
        ? {}
        : { issuer: /^Amazon\b/.test(issuer) ? issuer.slice(0, MAX_ISSUER) : redactor.host(issuer) }),
      names: names.slice(0, MAX_NAMES).map((name) => redactor.name(name)),
      covers_pop_name: checkServerIdentity(popDomain(deps.label, pop), certificate) === undefined,
    });
  }

  private now(): number {
    return Math.round(performance.now() - this.startedAt);
  }
}

const MAX_NAMES = 10;
const MAX_ISSUER = 60;
/** Room for a body that is no object: a byte, an error page. A longer one is cut off. */
const SMALL_BYTES = 100_000;

function randomValue(): string {
  return randomBytes(6).toString("hex");
}

function extensionOf({ pathname }: URL): string {
  return /\.([a-z0-9]{1,8})$/i.exec(pathname)?.[1]?.toLowerCase() ?? "";
}

function codeOf(error: unknown): string {
  return /^\w{1,60}/.exec(errorCode(error))?.[0] ?? "ERROR";
}

interface BudgetPermit {
  /** Most bytes of the body. */
  readonly maxBytes: number;
  /** @param bytes that came */
  release(bytes: number): void;
}

/** Counts what is sent and downloaded. What is under way has its bytes reserved, so that two downloads cannot pass the limit together. */
class Budget {
  requests = 0;
  bytes = 0;
  /** The limit that was reached first. */
  cutBy: "requests" | "bytes" | undefined;
  private reserved = 0;

  constructor(readonly limits: typeof EVIDENCE_LIMITS) {}

  /** @param expected bytes of the body; undefined: unknown @returns undefined: it would be too much */
  acquire(expected: number | undefined): BudgetPermit | undefined {
    const left = this.limits.bytes - this.bytes - this.reserved;
    // Of what is left, an unknown body may take half: others may be under way.
    const maxBytes = expected ?? Math.floor(left / 2);
    if (this.requests >= this.limits.requests) this.cutBy ??= "requests";
    else if (maxBytes > left) this.cutBy ??= "bytes";
    else {
      this.requests++;
      this.reserved += maxBytes;
      return {
        maxBytes,
        release: (bytes) => {
          this.reserved -= maxBytes;
          this.bytes += bytes;
        },
      };
    }
    return undefined;
  }
}

/** What came of a body before its request failed. */
function bytesOf(error: unknown): number {
  return error instanceof Error && "bytes" in error && typeof error.bytes === "number" ? error.bytes : 0;
}
