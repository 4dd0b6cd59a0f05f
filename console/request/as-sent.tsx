import type { ComponentChildren } from "preact";
import type { Progress } from "../../client/answers.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import type { Engine } from "../report/report.ts";
import { useReader } from "../session/reader.ts";
import type { TextName } from "../words/messages.ts";

const PROOFS: Readonly<Record<string, TextName>> = { edge: "proofEdgeTab", off: "proofOffTab" };
const SCOPES: Readonly<Record<string, TextName>> = { pop: "pops", regional: "recs" };

/** What was asked for, without headers: there may be secrets in them. */
export function AsSent({ request, engine }: SentFactsProps) {
  const { say } = useReader();
  return (
    <section>
      <h2>{say("asSent")}</h2>
      <SentFacts request={request} engine={engine} />
    </section>
  );
}

/** The same without a heading. @param variants by name, of a request that has ended: its answer has none */
export function SentFacts({ request, engine, variants = request.variant_names }: SentFactsProps) {
  const { say, formats, count } = useReader();
  const { verify = "", scope = "", downloads, origin } = request;
  const stop = parseTimestamp(request.timeout_at);
  const [proof, caches] = [PROOFS[verify], SCOPES[scope]];
  const limits = [
    ...(origin?.requests_per_second === undefined ? [] : [say("perSecond", { count: origin.requests_per_second })]),
    ...(origin?.concurrency === undefined ? [] : [say("atOnce", { count: origin.concurrency })]),
  ];
  return (
    <dl class="as-sent">
      {proof === undefined ? null : <Row name={say("proof")}>{say(proof)}</Row>}
      {caches === undefined ? null : <Row name={say("cacheScope")}>{say(caches)}</Row>}
      {downloads === undefined ? null : (
        <Row name={say("downloads")}>{downloads === "auto" ? say("downloadsAutoTab") : downloads}</Row>
      )}
      {limits.length === 0 ? null : (
        <Row name={say("origin")}>{limits.reduce((first, second) => say("listOfTwo", { first, second }))}</Row>
      )}
      {variants.length === 0 ? null : <Row name={say("variants")}>{variants.join(", ")}</Row>}
      {request.accept_encoding.length === 0 ? null : (
        <Row name="Accept-Encoding">{request.accept_encoding.join("; ")}</Row>
      )}
      {engine === "direct" ? null : <Row name={say("wanted")}>{count("instanceCount", request.instance_count)}</Row>}
      {request.key_id === undefined ? null : (
        <Row name={say("keyId")}>
          <code>{request.key_id}</code>
        </Row>
      )}
      <Row name={say("stopsAt")}>
        {formats.clock(stop)} <span class="quiet">{formats.besideClock(stop)}</span>
      </Row>
    </dl>
  );
}

interface SentFactsProps extends Engine {
  readonly request: Progress;
  readonly variants?: readonly string[];
}

function Row({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
