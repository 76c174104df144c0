import type { Model } from "@/api/types";
import { useWords } from "@/i18n";
import { humanise } from "@/lib/format";
import { Checkbox, SelectField, TextField } from "@/ui/Field";
import { ORDERS, type ModelFilter, type Order } from "./measured";
import { words } from "./words";

/** Which models are shown, and in which order. `onChange` gets the name in the address and the value, empty for none. */
export function Filters({
  models,
  filter,
  order,
  onChange,
}: {
  models: readonly Model[];
  filter: ModelFilter;
  order: Order;
  onChange: (name: string, value: string) => void;
}) {
  const t = useWords(words);
  const choices = (values: readonly string[], any: string) => [
    { value: "", label: any },
    ...[...new Set(values)].sort().map((value) => ({ value, label: humanise(value) })),
  ];
  return (
    <div role="search" aria-label={t("filter")} className="flex flex-wrap items-end gap-3">
      <div className="min-w-52 flex-1">
        <TextField
          type="search"
          label={t("filter.words")}
          value={filter.words}
          onChange={({ target }) => onChange("q", target.value)}
        />
      </div>
      <SelectField
        label={t("filter.operation")}
        value={filter.operation}
        choices={choices(
          models.flatMap((model) => model.operations),
          t("filter.any"),
        )}
        onChange={({ target }) => onChange("operation", target.value)}
      />
      <SelectField
        label={t("filter.engine")}
        value={filter.engine}
        choices={choices(
          models.map((model) => model.engine),
          t("filter.any"),
        )}
        onChange={({ target }) => onChange("engine", target.value)}
      />
      <SelectField
        label={t("order")}
        value={order}
        choices={ORDERS.map((value) => ({ value, label: t(`order.${value}`) }))}
        onChange={({ target }) => onChange("order", target.value === "title" ? "" : target.value)}
      />
      <div className="flex flex-wrap gap-x-4">
        <Checkbox
          label={t("filter.usable")}
          checked={filter.usable}
          onChange={({ target }) => onChange("usable", target.checked ? "1" : "")}
        />
        <Checkbox
          label={t("filter.local")}
          checked={filter.local}
          onChange={({ target }) => onChange("local", target.checked ? "1" : "")}
        />
      </div>
    </div>
  );
}
