import { Distributions } from "../../aws/distributions.ts";
import { beforeChecks } from "./before/checks.ts";
import type { Check, Phase } from "./check.ts";
import type { DoctorClients } from "./clients.ts";
import { deployedChecks } from "./deployed/checks.ts";
import { edgeChecks } from "./edge/checks.ts";
import { edgeOf, lookupHere } from "./edge/edge-place.ts";
import { labelOf } from "./edge/label.ts";
import { once } from "./once.ts";
import type { DoctorOptions } from "./options.ts";
import type { Place } from "./place.ts";
import { AccountReader } from "./readers/account.ts";
import { Api } from "./readers/api.ts";
import { Ec2Reader } from "./readers/ec2.ts";
import { PartsReader } from "./readers/parts.ts";
import { StackReader } from "./readers/stack.ts";
import { synthesized } from "./readers/synthesized.ts";
import { told } from "./told.ts";

/** Every check of the phases that are asked for, in the order in which they make sense. */
export function checksOf(
  options: DoctorOptions,
  place: Place,
  clients: DoctorClients,
  show: (text: string) => void,
): Check[] {
  const stack = new StackReader(clients.cloudFormation, place.stackName);
  const parts = new PartsReader(clients);
  const api = once(async () => {
    if (place.api !== undefined) return new Api(place.api.url, place.api.key);
    const { outputs } = await stack.state();
    const keyId = told(outputs["prewarmapikeyoutput"], "output prewarmapikeyoutput").split("/").at(-1) ?? "";
    return new Api(told(outputs["prewarmapiEndpoint"], "output prewarmapiEndpoint"), await parts.apiKey(keyId));
  });
  const edge = (url: URL) => {
    const { place: edgePlace, dns } = edgeOf(place);
    return edgeChecks({
      ...{ url, pops: options.pops, file: options.file, show },
      ...{ place: edgePlace, isAws: place.isAws, lookup: lookupHere(dns) },
      label: () => labelOf(url.hostname, { own: () => new Distributions(clients.cloudFront).own(), dns }),
      region: () => clients.ec2.config.region(),
    });
  };
  const tables: Readonly<Record<Phase, () => Check[]>> = {
    before: () =>
      beforeChecks({
        ec2: new Ec2Reader(clients.ec2),
        account: new AccountReader(clients),
        template: once(() => synthesized()),
        network: options.network,
      }),
    deployed: () => deployedChecks({ stack, parts, api }),
    edge: () => (options.url === undefined ? [] : edge(options.url)),
    smoke: () => [],
  };
  return options.phases.flatMap((phase) => tables[phase]());
}
