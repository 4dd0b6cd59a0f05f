/** Where the API is, and the key to it. */
export interface Endpoint {
  /** Ends in `/`. */
  readonly url: string;
  readonly key: string;
  /** Where both are known from, in words. */
  readonly from: string;
  /** Absent: it is none. */
  readonly localRun?: LocalRun;
}

/** What a local run's file says beside the API. */
export interface LocalRun {
  /** The emulator and the stack in it. */
  readonly aws:
    | { readonly endpoint: string; readonly accessKeyId: string; readonly region: string; readonly stack: string }
    | undefined;
  /** The stand-in for CloudFront; undefined: with `--no-edge`. */
  readonly edge:
    | { readonly httpsPort: number; readonly httpPort: number; readonly dnsPort: number; readonly caFile: string }
    | undefined;
}

/** How a deployed stack is reached. */
export interface StackPlace {
  readonly stack: string;
  readonly profile: string | undefined;
  /** AWS Region. */
  readonly region: string | undefined;
  /** The API key, if the caller has it. @default it is fetched */
  readonly key?: string | undefined;
}

/** What the command line says of where the API is. */
export interface PlaceFlags {
  readonly endpoint?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly local?: boolean | undefined;
  /** This machine does the work. */
  readonly direct?: boolean | undefined;
  /** Resolvers of a direct run; none: the system's. */
  readonly dns?: readonly string[] | undefined;
  readonly stack?: string | undefined;
  readonly profile?: string | undefined;
  /** AWS Region. */
  readonly region?: string | undefined;
}
