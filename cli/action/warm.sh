#!/usr/bin/env bash
# Warms what the action's inputs say, and waits. Prints the failures and the verdict, keeps the report page and the JSON document, and
# writes the action's outputs and a summary of the job. Ends with the command's code.
set -euo pipefail
command="$(dirname "${BASH_SOURCE[0]}")/../dist/prewarm.cjs"

# The journal of a direct run, which may have secrets in its headers: the runner empties this folder after the job.
if [[ -n "${RUNNER_TEMP:-}" ]]; then export XDG_STATE_HOME="$RUNNER_TEMP"; fi

# Without a stack, the command warms by itself. A key without an address is of a stack whose address comes from an empty variable.
if [[ -n "${PREWARM_API_KEY:-}" && -z "${PREWARM_ENDPOINT:-}${INPUT_STACK:-}" ]]; then
  echo "::error::api-key is given, and endpoint is empty. Name the stack's endpoint; for a direct run, leave out api-key."
  exit 1
fi

words=()
add() { # option value: an input that is empty says nothing
  if [[ -n "$2" ]]; then words+=("$1=$2"); fi
}
lines() { # the lines of a text that are not blank, into the array `found`
  found=()
  local line
  while IFS= read -r line; do
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    if [[ -n "$line" ]]; then found+=("$line"); fi
  done <<<"$1"
}

add --stack "${INPUT_STACK:-}"
add --aws-region "${INPUT_AWS_REGION:-}"
# Options that name the API: the report needs them, too.
place=(${words[@]+"${words[@]}"})
add --sitemap "${INPUT_SITEMAP:-}"
add --pop "${INPUT_POPS:-}"
add --country "${INPUT_COUNTRIES:-}"
add --region "${INPUT_REGIONS:-}"
add --instances "${INPUT_INSTANCES:-}"
add --timeout "${INPUT_TIMEOUT:-}"
if [[ "${INPUT_INVALIDATE:-false}" == true ]]; then
  words+=(--invalidate)
elif [[ "${INPUT_INVALIDATE:-false}" != false ]]; then
  lines "$INPUT_INVALIDATE"
  words+=(${found[@]+"${found[@]/#/--invalidate=}"})
fi
lines "${INPUT_ARGS:-}"
words+=(${found[@]+"${found[@]}"})
for word in ${found[@]+"${found[@]}"}; do
  if [[ "$word" =~ ^--(direct$|local$|(stack|profile|aws-region|endpoint|api-key)=) ]]; then place+=("$word"); fi
done
# What begins with a dash is no URL.
lines "${INPUT_URLS:-}"
words+=(-- ${found[@]+"${found[@]}"})

# Kept for a step that uploads it; the runner removes the folder at the end of the job.
folder="$(mktemp -d "${RUNNER_TEMP:-/tmp}/prewarm.XXXXXX")"
answer="$folder/prewarm.json"
report="$folder/prewarm.html"
code=0
node "$command" warm --json "${words[@]}" >"$answer" || code=$?

# A document is there if the request was made and has ended.
field() {
  node -e 'const [file, name] = process.argv.slice(1);
try { const value = JSON.parse(require("node:fs").readFileSync(file, "utf8"))[name];
  if (value !== undefined) process.stdout.write(String(value).replaceAll(/\s+/g, " ")); } catch {}' "$answer" "$1"
}
id="$(field request_id)"
sentence="$(field sentence)"
if [[ -n "$id" ]]; then
  node "$command" report ${place[@]+"${place[@]}"} "$id" --html "$report" || rm -f "$report"
  # A character of Markdown or HTML behind a backslash is shown.
  echo "**Prewarm:** $(LC_ALL=C sed 's#[]!-/:-@[\^_`{-~]#\\&#g' <<<"$sentence")" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
else
  rm -r "$folder"
fi
path() { # a file, if it is there
  if [[ -f "$1" ]]; then echo "$1"; fi
}
{
  echo "request-id=$id"
  echo "status=$(field status)"
  echo "sentence=$sentence"
  echo "exit-code=$code"
  echo "report=$(path "$report")"
  echo "json=$(path "$answer")"
} >>"${GITHUB_OUTPUT:-/dev/null}"
exit "$code"
