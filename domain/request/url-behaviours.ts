import { type StoredBehaviour, storedBehaviourOf } from "../distribution/stored-settings.ts";
import { hostOf } from "../net/urls.ts";
import type { RequestItem } from "./request-item.ts";

/** The cache behaviour of a URL. Undefined: nobody knows it. */
export type BehaviourOfUrl = (url: string) => StoredBehaviour | undefined;

/**
 * The cache behaviours of a request's URLs, as far as the settings of their distributions are known.
 * @param idOf the id of the distribution that serves a host; undefined: it is none of this account's
 */
export function urlBehaviours(
  { distribution_settings: all = [] }: Pick<RequestItem, "distribution_settings">,
  idOf: (host: string) => string | undefined,
): BehaviourOfUrl {
  const byId = new Map(all.map((settings) => [settings.id, settings]));
  return (url) => {
    const settings = byId.get(idOf(hostOf(url)) ?? "");
    return settings === undefined ? undefined : storedBehaviourOf(settings, url);
  };
}
