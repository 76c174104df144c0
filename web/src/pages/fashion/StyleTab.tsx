import { useQuery } from "@tanstack/react-query";
import { useWords } from "@/i18n";
import { humanise } from "@/lib/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, EmptyState, Loading } from "@/ui/Surface";
import { colourOf, styleOf, type StyleAnswer } from "./api";
import { PicturesCard } from "./PicturesCard";
import { PersonSlot } from "./PersonSlot";
import { usePerson } from "./usePerson";
import { words } from "./words";

/** Colours, proportions and style as far as a photograph tells. */
export function StyleTab() {
  const t = useWords(words);
  const found = usePerson();
  const person = found.stored;
  const style = useQuery({
    queryKey: ["fashion", "style", person?.id],
    queryFn: ({ signal }) => {
      if (person === null) throw new Error("asked for without a picture");
      return styleOf(person, signal);
    },
    enabled: person !== null,
    staleTime: Infinity,
  });
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <Card>
        <PersonSlot person={found} takesPaste />
        <p className="mt-2 text-sm text-muted">{t("style.private")}</p>
      </Card>
      {person === null && <EmptyState title={t("style.none")} icon="fashion" />}
      {person !== null && style.isPending && <Loading label={t("checking")} />}
      {style.isError && <ProblemNote error={style.error} onRetry={() => void style.refetch()} />}
      {person !== null && style.data && <Answer found={style.data} />}
      <div className="lg:col-start-2">
        <PicturesCard
          studio="style-advice"
          title={t("style.picture")}
          lead={t("style.picture.lead")}
          body={
            person && {
              prompt: "",
              workflow: "style_advice",
              inputs: [{ role: "person", asset_id: person.id }],
              options: {},
            }
          }
        />
      </div>
    </div>
  );
}

function Answer({ found }: { found: StyleAnswer }) {
  const t = useWords(words);
  const { color_analysis: colours, body_analysis: body, style_profile: style } = found;
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Card title={t("style.colours")}>
        {colours.season_title !== "" && <p className="font-display text-xl">{colours.season_title}</p>}
        <Palette title={t("style.best")} colours={colours.best_colors} />
        <Palette title={t("style.avoid")} colours={colours.colors_to_avoid} />
        <Palette title={t("style.worn")} colours={style.worn.flatMap(({ hexes }) => hexes)} />
        <p className="text-sm text-muted">{colours.reason}</p>
      </Card>
      <Card title={t("style.body")}>
        <p>{humanise(body.body_type)}</p>
        <p className="text-sm text-muted">{body.reason}</p>
      </Card>
      <Card title={t("style.style")}>
        <p>{style.current_style}</p>
        {Object.entries(found.fashion_recommendations).map(([name, items]) =>
          items.length === 0 ? null : (
            <div key={name} className="mt-3">
              <h3 className="text-sm font-medium">{humanise(name)}</h3>
              <ul className="list-disc pl-5 text-sm">
                {items.map(({ text, reason }) => (
                  <li key={text}>
                    {text} <span className="text-muted">{reason}</span>
                  </li>
                ))}
              </ul>
            </div>
          ),
        )}
        {found.notes.map((note) => (
          <p key={note} className="mt-2 text-sm text-muted">
            {note}
          </p>
        ))}
      </Card>
    </div>
  );
}

function Palette({ title, colours }: { title: string; colours: readonly unknown[] }) {
  const known = colours.flatMap((each) => colourOf(each) ?? []);
  if (known.length === 0) return null;
  return (
    <div className="my-2">
      <h3 className="text-sm font-medium">{title}</h3>
      <ul className="mt-1 flex flex-wrap gap-2">
        {known.map(({ hex, name }, at) => (
          <li key={`${hex}.${at}`} className="text-xs">
            <span
              aria-hidden="true"
              className="block size-12 rounded-lg border border-line"
              style={{ background: hex }}
            />
            {name}
          </li>
        ))}
      </ul>
    </div>
  );
}
