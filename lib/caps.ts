import { CfnParameter } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { DISTRIBUTIONS_PARAMETER, EVERY_DISTRIBUTION } from "../domain/request/allowed-distributions.ts";
import { CAPS, type CapName } from "../domain/request/caps.ts";

/** The stack's parameters that bound what whoever has the key may spend. */
export class CapParameters {
  /** Ids of the distributions that may be warmed, or `*`. */
  readonly distributions: CfnParameter;
  private readonly caps: Readonly<Record<CapName, CfnParameter>>;

  /** @param scope the stack, for parameters are called by their ids */
  constructor(scope: Construct) {
    const cap = (name: CapName) => capParameter(scope, name);
    this.caps = {
      maxInstances: cap("maxInstances"),
      maxTimeout: cap("maxTimeout"),
      maxActiveRequests: cap("maxActiveRequests"),
      maxTasks: cap("maxTasks"),
      maxRequestBytes: cap("maxRequestBytes"),
    };
    this.distributions = new CfnParameter(scope, DISTRIBUTIONS_PARAMETER, {
      type: "CommaDelimitedList",
      default: EVERY_DISTRIBUTION,
      allowedPattern: "\\*|E[A-Z0-9]{5,30}",
      constraintDescription: "ids of distributions, such as E1ABCDEFGHIJKL, separated by commas; or * for every one",
      description:
        "Ids of the distributions that may be warmed and invalidated, separated by commas; *: every one, in whatever account it lies (invalidated: every one of this account)",
    });
  }

  get maxInstances(): string {
    return this.caps.maxInstances.valueAsString;
  }

  /** Variables of a function that checks these caps. */
  environment(...names: readonly CapName[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [CAPS[name].variable, this.caps[name].valueAsString]));
  }

  /** All of them. */
  get all(): Record<string, string> {
    return this.environment(...(Object.keys(CAPS) as CapName[]));
  }
}

function capParameter(scope: Construct, name: CapName): CfnParameter {
  const { default: value, min, max, unit, says } = CAPS[name];
  const range = { constraintDescription: `${unit} from ${min} to ${max}`, description: says };
  // CloudFormation writes large numbers of a template with an exponent, so these are texts.
  if (String(max).length > 10) {
    return new CfnParameter(scope, name, { default: String(value), allowedPattern: digits(max), ...range });
  }
  return new CfnParameter(scope, name, { type: "Number", default: value, minValue: min, maxValue: max, ...range });
}

/** A whole number from 1 to a power of ten. */
function digits(max: number): string {
  return `[1-9][0-9]{0,${String(max).length - 2}}|${max}`;
}
