import { Icon } from "../parts/icon.tsx";
import { saveFile } from "../parts/save-file.ts";
import { useFormReader } from "../words/form-reader.ts";
import { FILE_NAME } from "./curl.ts";

/** Saves the body as a file: dropped on the form again, it fills it. */
export function SaveButton({ json }: { readonly json: string }) {
  const { say } = useFormReader();
  return (
    <button
      type="button"
      class="button"
      aria-label={say("saveJson")}
      title={say("saveJson")}
      onClick={() => saveFile(FILE_NAME, json, "application/json")}
    >
      <Icon name="download" />
    </button>
  );
}
