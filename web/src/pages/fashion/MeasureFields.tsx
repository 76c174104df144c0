import { useWords } from "@/i18n";
import { useStore } from "@/lib/store";
import { SelectField, TextField } from "@/ui/Field";
import { FITS, MADE_FOR, MEASURES, measuresStore, type Measures } from "./measures";
import { words } from "./words";

/** The measurements of a body, for whom the garment is made, and how it is to sit. */
export function MeasureFields() {
  const t = useWords(words);
  const [measures, set] = useStore(measuresStore);
  const change = (next: Partial<Measures>): void => set((now) => ({ ...now, ...next }));
  return (
    <div className="grid grid-cols-2 gap-3">
      {MEASURES.map((name) => (
        <TextField
          key={name}
          label={t(`size.${name}`)}
          inputMode="decimal"
          value={measures.lengths[name] ?? ""}
          onChange={({ target }) =>
            change({ lengths: { ...measures.lengths, [name]: target.value.replace(",", ".") } })
          }
        />
      ))}
      <TextField
        label={t("size.usual")}
        maxLength={20}
        value={measures.usual}
        onChange={({ target }) => change({ usual: target.value })}
      />
      <SelectField
        label={t("size.for")}
        value={measures.madeFor}
        choices={MADE_FOR.map((value) => ({ value, label: t(`for.${value}`) }))}
        onChange={({ target }) => change({ madeFor: target.value as Measures["madeFor"] })}
      />
      <SelectField
        label={t("size.fit")}
        value={measures.fit}
        choices={FITS.map((value) => ({ value, label: t(`fit.${value}`) }))}
        onChange={({ target }) => change({ fit: target.value as Measures["fit"] })}
      />
    </div>
  );
}
