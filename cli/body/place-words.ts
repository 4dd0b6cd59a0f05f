import type { PlaceFlags } from "../endpoint/endpoint.ts";
import type { PlaceOptions } from "../printed-command.ts";
import { awsRegionOf } from "./regions.ts";

/** Options that every command that asks the API has. */
export interface PlaceWords extends PlaceOptions {
  readonly json?: boolean;
}

/** @throws CommandError */
export function placeOf({ awsRegion, ...rest }: PlaceWords): PlaceFlags {
  return { ...rest, region: awsRegionOf(awsRegion) };
}
