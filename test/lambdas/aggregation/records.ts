/** A record of the Request-Task stream, as far as Aggregation reads it. */
export interface Image {
  readonly req_id?: string;
  /** Undefined: the result does not say. */
  readonly pop?: string | undefined;
  readonly ok?: boolean;
  readonly bytes?: number;
  readonly ms?: number;
  readonly reason?: string | undefined;
  readonly outcome?: string | undefined;
  readonly url?: string;
  readonly variant?: string;
  readonly uncompressed?: boolean;
  readonly rec_miss?: boolean;
  readonly warning?: string;
  readonly error?: string;
  readonly http_status?: number;
}

let id = 0;

/** An INSERT, or a MODIFY where there is an old image. */
export function record(image: Image, old?: Image, eventID = String(++id)) {
  return {
    eventID,
    eventName: old === undefined ? "INSERT" : "MODIFY",
    dynamodb: {
      ApproximateCreationDateTime: 1_713_237_141,
      NewImage: marshall(image),
      ...(old === undefined ? {} : { OldImage: marshall(old) }),
    },
  };
}

function marshall({ req_id = "r1", ok = true, bytes = 10, ms = 5, reason, outcome, pop, ...seen }: Image) {
  const { url, variant, uncompressed, rec_miss, warning, error, http_status } = seen;
  return {
    ...(url === undefined ? {} : { url: { S: url } }),
    ...(variant === undefined ? {} : { variant: { S: variant } }),
    ...(uncompressed === undefined ? {} : { uncompressed: { BOOL: uncompressed } }),
    ...(rec_miss === undefined ? {} : { rec_miss: { BOOL: rec_miss } }),
    ...(warning === undefined ? {} : { warning: { S: warning } }),
    ...(error === undefined ? {} : { error: { S: error } }),
    ...(http_status === undefined ? {} : { http_status: { N: String(http_status) } }),
    req_id: { S: req_id },
    ...(pop === undefined ? {} : { pop: { S: pop } }),
    ok: { BOOL: ok },
    bytes: { N: String(bytes) },
    ms: { N: String(ms) },
    ...(reason === undefined ? {} : { reason: { S: reason } }),
    ...(outcome === undefined ? {} : { outcome: { S: outcome } }),
  };
}
