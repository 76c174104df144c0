import { useWords } from "@/i18n";
import { SelectField, TextField } from "@/ui/Field";
import { KINDS, type Kind } from "./api";
import { bareName, isName } from "./naming";
import { words } from "./words";

/** What a reference is called, and what it is a picture of. */
export function NameAndKind({
  name,
  onName,
  kind,
  onKind,
}: {
  /** As it is typed, with or without `@`. */
  name: string;
  onName: (name: string) => void;
  kind: Kind;
  onKind: (kind: Kind) => void;
}) {
  const t = useWords(words);
  return (
    <>
      <TextField
        label={t("name")}
        help={t("name.help")}
        value={name}
        error={name !== "" && !isName(bareName(name)) ? t("name.wrong") : undefined}
        onChange={({ target }) => onName(target.value)}
      />
      <SelectField
        label={t("kind")}
        help={t("kind.help")}
        value={kind}
        choices={KINDS.map((each) => ({ value: each, label: t(`kind.${each}`) }))}
        onChange={({ target }) => onKind(KINDS.find((each) => each === target.value) ?? "other")}
      />
    </>
  );
}
