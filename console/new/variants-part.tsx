import { MAX_URLS, MAX_VARIANTS } from "../../domain/limits.ts";
import { Icon } from "../parts/icon.tsx";
import { useFormReader } from "../words/form-reader.ts";
import { faultsAt } from "./faults.ts";
import { Field, Wrong } from "./field.tsx";
import { COMPRESSIONS, DEVICES, variantsOf } from "./variant-choices.ts";
import type { PartProps } from "./what-part.tsx";

const TEXTS = {
  br: "variantBr",
  gzip: "variantGzip",
  plain: "variantPlain",
  desktop: "variantDesktop",
  mobile: "variantMobile",
  tablet: "variantTablet",
} as const;
type Recipe = keyof typeof TEXTS;

const isRecipe = (name: string): name is Recipe => Object.hasOwn(TEXTS, name);

/** In which forms each URL is warmed: ready-made ones, each combined with the others. */
export function VariantsPart({ form, onForm, faults, urls }: PartProps & { readonly urls: number }) {
  const { say, count } = useFormReader();
  const variants = variantsOf(form);
  const flip = (list: readonly string[], name: string) =>
    list.includes(name) ? list.filter((it) => it !== name) : [...list, name];
  const chip = (name: string, isOn: boolean, onPress: () => void) => (
    <button key={name} type="button" class={isOn ? "pill on" : "pill"} aria-pressed={isOn} onClick={onPress}>
      {isRecipe(name) ? say(TEXTS[name]) : name}
    </button>
  );
  const tooMany = [
    ...(variants.length > MAX_VARIANTS ? [say("tooManyVariants", { max: MAX_VARIANTS })] : []),
    ...(urls * variants.length > MAX_URLS ? [say("tooManyForms", { max: MAX_URLS })] : []),
  ];
  return (
    <section class="part">
      <h2>
        {say("variants")} <span class="quiet">{say("variantsSay")}</span>
      </h2>
      {form.ownVariants.length > 0 ? (
        <OwnVariants form={form} onForm={onForm} />
      ) : (
        <>
          <div class="pills">
            {chip(say("asIs"), variants.length === 0, () => onForm({ compressions: [], devices: [], languages: "" }))}
            {COMPRESSIONS.map(({ name }) =>
              chip(name, form.compressions.includes(name), () =>
                onForm({ compressions: flip(form.compressions, name) }),
              ),
            )}
            {DEVICES.map(({ name }) =>
              chip(name, form.devices.includes(name), () => onForm({ devices: flip(form.devices, name) })),
            )}
          </div>
          <details class="disclose" open={form.languages !== ""}>
            <summary>
              <Icon name="next" />
              {say("languages")}
            </summary>
            <Field
              label={say("languagesHint")}
              value={form.languages}
              placeholder="en, de, zh-CN"
              isCode
              onValue={(languages) => onForm({ languages })}
            />
          </details>
        </>
      )}
      {variants.length === 0 ? null : (
        <p class="quiet small break">
          {count("variantCount", variants.length)}: {variants.map(({ name }) => name).join(", ")}
        </p>
      )}
      <Wrong lines={[...tooMany, ...faultsAt(faults, "variants")]} />
    </section>
  );
}

function OwnVariants({ form, onForm }: Pick<PartProps, "form" | "onForm">) {
  const { say } = useFormReader();
  return (
    <>
      {form.ownVariants.map((variant, i) => (
        <div key={String(i)} class="source">
          <strong>{variant.name}</strong>
          <pre class="small">{variant.header || "–"}</pre>
        </div>
      ))}
      <button type="button" class="button" onClick={() => onForm({ ownVariants: [] })}>
        {say("readyMade")}
      </button>
    </>
  );
}
