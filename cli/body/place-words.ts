import type { PlaceFlags } from "../endpoint/endpoint.ts";
import { awsRegion, splitRegions } from "./regions.ts";

/** Options that every command that asks the API has. */
export interface PlaceWords {
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly local?: boolean;
  readonly direct?: boolean;
  readonly dns?: readonly string[];
  readonly stack?: string;
  readonly profile?: string;
  readonly region?: readonly string[];
  readonly json?: boolean;
}

/** Of a command for which `--region` is AWS's alone. @throws CommandError */
export function placeOf({ region = [], ...rest }: PlaceWords): PlaceFlags {
  return { ...rest, region: awsRegion(region) };
}

/** Of a command that chooses POPs, too: the regions of Prewarm's beside it. @throws CommandError */
export function placeAndRegions({ region = [], ...rest }: PlaceWords): {
  readonly place: PlaceFlags;
  readonly regions: readonly string[];
} {
  const { aws, sets } = splitRegions(region);
  return { place: { ...rest, region: aws }, regions: sets };
}
