import { Distributions } from "../../aws/distributions.ts";
import { ApiClient } from "../../client/api-client.ts";
import { beforeChecks } from "./before/checks.ts";
import type { Check, Phase } from "./check.ts";
import type { DoctorClients } from "./clients.ts";
import { deployedChecks } from "./deployed/checks.ts";
import { edgeChecks } from "./edge/checks.ts";
import { edgeOf } from "./edge/edge-place.ts";
import { labelOf } from "./edge/label.ts";
import { lookupByTask, lookupHere } from "./edge/lookup.ts";
import { once } from "./once.ts";
import type { DoctorOptions } from "./options.ts";
import type { Place } from "./place.ts";
import { AccountReader } from "./readers/account.ts";
import { Ec2Reader } from "./readers/ec2.ts";
import { PartsReader } from "./readers/parts.ts";
import { StackReader } from "./readers/stack.ts";
import { synthesized } from "./readers/synthesized.ts";
import { smokeChecks } from "./smoke/checks.ts";
import { onInterrupt } from "./smoke/interrupt.ts";
import { TraceReader } from "./smoke/readers.ts";
import { told } from "./told.ts";

/** Lines and metrics come a minute or two later; a group ends its instances one after the other. */
const ON_AWS = { every: 5_000, atMost: 300_000 };
const LOCALLY = { every: 1_000, atMost: 15_000 };

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
    if (place.api !== undefined) return new ApiClient(place.api.url, place.api.key);
    const { outputs } = await stack.state();
    const keyId = told(outputs["prewarmapikeyoutput"], "output prewarmapikeyoutput").split("/").at(-1) ?? "";
    return new ApiClient(told(outputs["prewarmapiEndpoint"], "output prewarmapiEndpoint"), await parts.apiKey(keyId));
  });
  const atEdge = (url: URL) => {
    const { place: edgePlace, dns } = edgeOf(place);
    const task = async () => {
      const [found] = await stack.named("AWS::Lambda::Function", "PrewarmPipelineTask");
      return told(found, "function Task in the stack").physicalId;
    };
    const lookup = lookupByTask(clients.lambda, task, lookupHere(dns));
    const own = () => new Distributions(clients.cloudFront).own();
    const label = once(() => labelOf(url.hostname, { own, dns }));
    return { url, pops: options.pops, place: edgePlace, lookup, label };
  };
  const edge = (url: URL) =>
    edgeChecks({
      ...atEdge(url),
      file: options.file,
      show,
      isAws: place.isAws,
      region: () => clients.ec2.config.region(),
    });
  const smoke = (url: URL) =>
    smokeChecks({
      ...atEdge(url),
      api,
      stack,
      autoScaling: clients.autoScaling,
      traces: new TraceReader(clients),
      patience: place.isAws ? ON_AWS : LOCALLY,
      onInterrupt: (stop) => onInterrupt(stop, process),
    });
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
    smoke: () => (options.url === undefined ? [] : smoke(options.url)),
  };
  return options.phases.flatMap((phase) => tables[phase]());
}
