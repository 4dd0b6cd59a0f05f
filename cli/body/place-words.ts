import type { PlaceFlags } from "../endpoint/endpoint.ts";
import { awsRegionOf } from "./regions.ts";

/** Options that every command that asks the API has. */
export interface PlaceWords {
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly local?: boolean;
  readonly direct?: boolean;
  readonly dns?: readonly string[];
  readonly stack?: string;
  readonly profile?: string;
  readonly awsRegion?: string;
  readonly json?: boolean;
}

/** @throws CommandError */
export function placeOf({ awsRegion, ...rest }: PlaceWords): PlaceFlags {
  return { ...rest, region: awsRegionOf(awsRegion) };
}
