import type { Settings } from "../../client/answers.ts";
import type { CapName } from "../../domain/request/caps.ts";
import { DEFAULT_DOWNLOADS, DEFAULT_SCOPE, DOWNLOADS, SCOPES } from "../../domain/result/downloads.ts";
import { DEFAULT_VERIFY, VERIFY } from "../../domain/result/outcome.ts";
import { Choices } from "../parts/choices.tsx";
import { Icon } from "../parts/icon.tsx";
import { type FormTextName, useFormReader } from "../words/form-reader.ts";
import { type Beyond, capOf } from "./caps.ts";
import { faultsAt } from "./faults.ts";
import { Field, Wrong } from "./field.tsx";
import type { PartProps } from "./what-part.tsx";

interface LimitsPartProps extends PartProps {
  readonly settings: Settings | undefined;
  readonly beyond: ReadonlyMap<CapName, Beyond>;
  /** URLs that are invalidated first, if that is wanted; undefined: that is not known. */
  readonly paths: number | undefined;
}

const DOWNLOADS_SAY: Readonly<Record<string, FormTextName>> = {
  auto: "downloadsAutoSays",
  1: "downloadsOneSays",
  2: "downloadsTwoSays",
};

/** Caches that are warmed, number of downloads, and check. */
export function ProofPart({ form, onForm, faults }: PartProps) {
  const { say } = useFormReader();
  const verify = VERIFY.find((it) => it === form.verify) ?? DEFAULT_VERIFY;
  const downloads = DOWNLOADS.map(String).find((it) => it === form.downloads) ?? String(DEFAULT_DOWNLOADS);
  const scope = SCOPES.find((it) => it === form.scope) ?? DEFAULT_SCOPE;
  return (
    <section class="part">
      <h2>{say("proof")}</h2>
      <Choices
        label={say("proof")}
        options={[
          { value: "edge", text: say("proofEdgeTab") },
          { value: "off", text: say("proofOffTab") },
        ]}
        value={verify}
        onChoose={(it) => onForm({ verify: it })}
      />
      <p class="quiet small">{say(verify === "off" ? "proofOffSays" : "proofEdgeSays")}</p>
      <Wrong lines={faultsAt(faults, "verify")} />
      <div class="field">
        <span class="small">{say("cacheScope")}</span>
        <Choices
          label={say("cacheScope")}
          options={[
            { value: "pop", text: say("pops") },
            { value: "regional", text: say("recs") },
          ]}
          value={scope}
          onChoose={(it) => onForm({ scope: it })}
        />
        <p class="quiet small">{say(scope === "regional" ? "scopeRegionalSays" : "scopePopSays")}</p>
        <Wrong lines={faultsAt(faults, "scope")} />
      </div>
      <div class="field">
        <span class="small">{say("downloads")}</span>
        <Choices
          label={say("downloads")}
          options={DOWNLOADS.map((it) => ({
            value: String(it),
            text: it === "auto" ? say("downloadsAutoTab") : String(it),
          }))}
          value={downloads}
          onChoose={(it) => onForm({ downloads: it })}
        />
        <p class="quiet small">{say(DOWNLOADS_SAY[downloads] ?? "downloadsAutoSays")}</p>
        <Wrong lines={faultsAt(faults, "downloads")} />
      </div>
    </section>
  );
}

/** How much at once, how long, and what the origin takes. */
export function LimitsPart({ form, onForm, faults, settings, beyond, paths }: LimitsPartProps) {
  const { say } = useFormReader();
  const over = (parameter: CapName) => {
    const it = beyond.get(parameter);
    return it === undefined ? [] : [say("beyondCap", { max: it.cap, parameter: it.parameter })];
  };
  const cap = capOf(settings, "maxInstances");
  return (
    <section class="part">
      <h2>{say("limits")}</h2>
      <div class="three">
        <Field
          label={say("instances")}
          value={form.instances}
          unit={cap === undefined ? undefined : say("of", { total: cap })}
          isNumber
          wrong={[
            ...over("maxInstances"),
            ...notWhole(form.instances, say("notNumber")),
            ...only(over("maxInstances"), faultsAt(faults, "instance_count")),
          ]}
          onValue={(instances) => onForm({ instances })}
        />
        <Field
          label={say("stopAfter")}
          value={form.minutes}
          unit={say("minutes")}
          isNumber
          wrong={[
            ...over("maxTimeout"),
            ...notWhole(form.minutes, say("notNumber")),
            ...only(over("maxTimeout"), faultsAt(faults, "timeout")),
          ]}
          onValue={(minutes) => onForm({ minutes })}
        />
        <Field
          label={say("originAtMost")}
          value={form.originRate}
          unit={say("requestsPerSecond")}
          placeholder="–"
          isNumber
          onValue={(originRate) => onForm({ originRate })}
        />
      </div>
      <Wrong lines={faultsAt(faults, "origin")} />
      <InvalidatePart form={form} onForm={onForm} faults={faults} paths={paths} />
      <label class="check switch">
        <input
          type="checkbox"
          checked={form.skipUncached}
          onChange={({ currentTarget }) => onForm({ skipUncached: currentTarget.checked })}
        />
        <span>
          <b>{say("skipUncached")}</b> <span class="quiet">{say("skipUncachedSays")}</span>
        </span>
      </label>
      <Wrong lines={faultsAt(faults, "skip_uncached")} />
    </section>
  );
}

/** The URLs, and what is invalidated whatever they are. */
function InvalidatePart({ form, onForm, faults, paths }: PartProps & Pick<LimitsPartProps, "paths">) {
  const { say, count } = useFormReader();
  const wrong = faultsAt(faults, "invalidate");
  const isOfTags = (line: string) => line.startsWith("tags");
  const [wrongTags, wrongPaths] = [wrong.filter(isOfTags), wrong.filter((line) => !isOfTags(line))];
  const isFilled = form.invalidatePaths !== "" || form.invalidateTags !== "";
  return (
    <>
      <label class="check switch">
        <input
          type="checkbox"
          checked={form.invalidate}
          onChange={({ currentTarget }) => onForm({ invalidate: currentTarget.checked })}
        />
        <span>
          <b>{say("invalidateFirst")}</b>{" "}
          <span class="quiet">{paths === undefined ? say("invalidateUrlsSays") : count("invalidateSays", paths)}</span>
        </span>
      </label>
      <Wrong lines={faultsAt(faults, "need_invalidate")} />
      <details class="disclose" open={isFilled || wrong.length > 0}>
        <summary>
          <Icon name="next" />
          <span>
            <b>{say("invalidateNamed")}</b> <span class="quiet">{say("invalidateNamedSays")}</span>
          </span>
        </summary>
        <div class="field">
          <label for="new-invalidate-paths" class="small">
            {say("invalidatePaths")}
          </label>
          <textarea
            id="new-invalidate-paths"
            class="input mono"
            rows={2}
            spellcheck={false}
            placeholder={"/patch/*\n/index.html"}
            value={form.invalidatePaths}
            aria-invalid={wrongPaths.length > 0}
            aria-describedby="new-invalidate-wrong"
            onInput={({ currentTarget }) => onForm({ invalidatePaths: currentTarget.value })}
          />
          <Wrong id="new-invalidate-wrong" lines={wrongPaths} />
        </div>
        <Field
          label={say("invalidateTags")}
          value={form.invalidateTags}
          placeholder="release-42"
          isCode
          wrong={wrongTags}
          onValue={(invalidateTags) => onForm({ invalidateTags })}
        />
      </details>
    </>
  );
}

const notWhole = (typed: string, says: string) => (/^\d+$/.test(typed.trim()) ? [] : [says]);

/** The API says the same of a cap. */
const only = (own: readonly string[], told: readonly string[]) => (own.length > 0 ? [] : told);
