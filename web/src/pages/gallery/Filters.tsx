import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useWords } from "@/i18n";
import { useOptionNames } from "@/i18n/options";
import { useDebounced } from "@/lib/hooks";
import { useHotkey } from "@/lib/hotkeys";
import { SelectField, TextField } from "@/ui/Field";
import { Details } from "@/ui/Surface";
import { facetsQuery } from "./api";
import { MEDIA, type Name } from "./filter";
import { words } from "./words";

const TYPING_MILLISECONDS = 250;

/** Words, and what narrows them further. `onChange` gets the name in the address; an empty value takes it away. */
export function Filters({
  search,
  onChange,
}: {
  search: URLSearchParams;
  onChange: (name: Name, value: string) => void;
}) {
  const t = useWords(words);
  const names = useOptionNames();
  const facets = useQuery(facetsQuery).data;
  const at = (name: Name): string => search.get(name) ?? "";
  const any = { value: "", label: t("filter.any") };
  const narrowed = (["workflow", "model", "kind", "media", "from", "to"] as const).filter(
    (name) => at(name) !== "",
  ).length;
  const date = (name: "from" | "to", label: string) => (
    <TextField
      type="date"
      label={label}
      value={at(name)}
      onChange={({ target }) => onChange(name, target.value)}
    />
  );
  return (
    <div role="search" aria-label={t("filter")} className="mb-3 flex flex-col gap-2">
      <Words value={at("q")} onChange={(value) => onChange("q", value)} />
      <Details
        summary={narrowed > 0 ? t("filter.more.count", { count: narrowed }) : t("filter.more")}
        open={narrowed > 0}
      >
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
          <SelectField
            label={t("filter.workflow")}
            value={at("workflow")}
            choices={[
              any,
              ...(facets?.workflows ?? []).map((value) => ({ value, label: names.workflow(value) })),
            ]}
            onChange={({ target }) => onChange("workflow", target.value)}
          />
          <SelectField
            label={t("filter.model")}
            value={at("model")}
            choices={[any, ...(facets?.models ?? []).map((value) => ({ value, label: value }))]}
            onChange={({ target }) => onChange("model", target.value)}
          />
          <SelectField
            label={t("filter.kind")}
            value={at("kind")}
            choices={[
              any,
              { value: "result", label: t("kind.result") },
              { value: "upload", label: t("kind.upload") },
            ]}
            onChange={({ target }) => onChange("kind", target.value)}
          />
          <SelectField
            label={t("filter.media")}
            value={at("media")}
            choices={[any, ...MEDIA.map((value) => ({ value, label: t(`media.${value}`) }))]}
            onChange={({ target }) => onChange("media", target.value)}
          />
          {date("from", t("filter.from"))}
          {date("to", t("filter.to"))}
        </div>
      </Details>
    </div>
  );
}

/** What is typed is looked for once typing pauses. */
function Words({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useWords(words);
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed, TYPING_MILLISECONDS);
  const tell = useEffectEvent((text: string) => {
    if (text !== value) onChange(text);
  });
  useEffect(() => tell(settled.trim()), [settled]);
  // The address changed otherwise: Back, or a link to another place.
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (value !== typed.trim()) setTyped(value);
  }
  const field = useRef<HTMLInputElement>(null);
  useHotkey("/", t("keys.search"), () => field.current?.focus());
  return (
    <TextField
      ref={field}
      type="search"
      label={t("filter.words")}
      hideLabel
      value={typed}
      placeholder={t("filter.words.hint")}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}
