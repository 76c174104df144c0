import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { thumbnailUrl } from "@/api/assets";
import { api, ask } from "@/api/client";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Button } from "@/ui/Button";
import { SelectField, TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, EmptyState, Loading } from "@/ui/Surface";
import { Slot, type SlotFile } from "@/ui/work/Slot";
import { wardrobeQuery } from "./api";
import { CATEGORIES, type Category } from "./categories";
import { words } from "./words";

/** One's own clothes: added with a picture, listed, removed. */
export function WardrobeTab() {
  const t = useWords(words);
  const c = useWords(common);
  const queries = useQueryClient();
  const again = (): void => void queries.invalidateQueries({ queryKey: ["wardrobe"] });
  const items = useQuery(wardrobeQuery);
  const remove = useMutation({
    mutationFn: (id: string) =>
      ask(api.DELETE("/api/v1/wardrobe/{item_id}", { params: { path: { item_id: id } } })),
    onSuccess: again,
  });
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <NewItem onAdded={again} />
      <div className="min-w-0">
        {items.isPending && <Loading label={c("loading")} />}
        {items.isError && <ProblemNote error={items.error} onRetry={() => void items.refetch()} />}
        {remove.isError && <ProblemNote error={remove.error} />}
        {items.data?.length === 0 && (
          <EmptyState title={t("wardrobe.none")} icon="fashion">
            {t("wardrobe.none.hint")}
          </EmptyState>
        )}
        <ul className="grid grid-cols-2 gap-3 md:grid-cols-3">
          {items.data?.map((item) => (
            <li key={item.id} className="overflow-hidden rounded-card border border-line bg-surface">
              {item.asset_id !== "" && (
                <img
                  src={thumbnailUrl(item.asset_id)}
                  alt=""
                  className="squares h-36 w-full object-contain"
                />
              )}
              <div className="p-3 text-sm">
                <p className="font-medium">{item.name}</p>
                <p className="text-muted">{t(`category.${item.category}`)}</p>
                <Button
                  look="quiet"
                  disabled={remove.isPending}
                  aria-label={t("wardrobe.remove", { name: item.name })}
                  onClick={() => remove.mutate(item.id)}
                >
                  {c("remove")}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function NewItem({ onAdded }: { onAdded: () => void }) {
  const t = useWords(words);
  const [name, setName] = useState("");
  const [file, setFile] = useState<SlotFile | null>(null);
  const [category, setCategory] = useState<Category | "">("");
  const add = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/api/v1/wardrobe", {
          body: {
            name,
            asset_id: file?.id ?? "",
            category: category === "" ? null : category,
            kind: "",
            notes: "",
            colours: [],
          },
        }),
      ),
    onSuccess: () => {
      setName("");
      setFile(null);
      onAdded();
    },
  });
  return (
    <Card title={t("wardrobe.add")}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <TextField
          label={t("wardrobe.name")}
          required
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <SelectField
          label={t("search.category")}
          value={category}
          choices={[
            { value: "", label: t("wardrobe.byName") },
            ...CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) })),
          ]}
          onChange={({ target }) => setCategory(target.value as Category | "")}
        />
        <Slot name={t("garment")} file={file} onFile={setFile} takesPaste />
        <Button type="submit" look="primary" disabled={add.isPending || name.trim() === ""}>
          {t("wardrobe.add")}
        </Button>
        {add.isError && <ProblemNote error={add.error} />}
      </form>
    </Card>
  );
}
