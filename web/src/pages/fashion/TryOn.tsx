import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { workflowsQuery } from "@/api/queries";
import type { Job } from "@/api/types";
import { useWords } from "@/i18n";
import { work as workWords } from "@/i18n/work";
import { useStore } from "@/lib/store";
import { CompareViewer } from "@/ui/compare/CompareViewer";
import { Icon } from "@/ui/Icon";
import { ProblemNote } from "@/ui/ProblemNote";
import { Badge, Card, EmptyState } from "@/ui/Surface";
import { SchemaForm, type Values } from "@/ui/schema-form/SchemaForm";
import { Downloads } from "@/ui/work/Downloads";
import { MeasureTable } from "@/ui/work/MeasureTable";
import { RunBar } from "@/ui/work/RunBar";
import { copyOf } from "@/ui/work/local-copies";
import { Slot, type SlotFile } from "@/ui/work/Slot";
import { useAssets } from "@/ui/work/useAssets";
import { useBodyPlan, useWork, type Work } from "@/ui/work/useWork";
import { WorkProgress } from "@/ui/work/WorkProgress";
import { checkOf, tryOnBody } from "./api";
import { FitCard } from "./FitCard";
import { PersonSlot } from "./PersonSlot";
import { slotsStore } from "./slots";
import { usePerson, type Person } from "./usePerson";
import { words } from "./words";

/** A garment on a person: both pictures checked, how it is to sit, the result beside the person. */
export function TryOn() {
  const t = useWords(words);
  const [slots, setSlots] = useStore(slotsStore);
  const [options, setOptions] = useState<Values>({});
  const schema = useQuery(workflowsQuery).data?.find(
    ({ name }) => name === "reference_styling/virtual_tryon",
  );
  const person = usePerson();
  const body = tryOnBody(person.stored, slots.garment, options);
  const plan = useBodyPlan(body);
  const work = useWork("tryon");
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,28rem)_minmax(0,1fr)]">
      <Card>
        <div className="flex flex-col gap-4">
          <div className="grid gap-3 sm:grid-cols-2">
            <PersonSlot person={person} takesPaste={person.shown === null}>
              {person.stored && <Findings of="person" file={person.stored} />}
            </PersonSlot>
            <Slot
              name={t("garment")}
              file={slots.garment}
              takesPaste={person.shown !== null}
              onFile={(file) => setSlots((now) => ({ ...now, garment: file }))}
            >
              {slots.garment && <Findings of="garment" file={slots.garment} />}
            </Slot>
          </div>
          {schema && (
            <SchemaForm
              schema={schema.options}
              names={["category", "fit", "tucked", "sleeves", "keep"]}
              values={options}
              onChange={setOptions}
            />
          )}
        </div>
      </Card>
      <div className="flex min-w-0 flex-col gap-5">
        <Card>
          <RunBar body={body} plan={plan} work={work} />
        </Card>
        {work.job === undefined ? (
          <EmptyState title={t("tryon.none")} icon="fashion">
            {t("tryon.none.hint")}
          </EmptyState>
        ) : (
          <Worn work={work} person={person} />
        )}
      </div>
    </div>
  );
}

/** What the check of a picture says, with what mends it. */
function Findings({ of, file }: { of: "person" | "garment"; file: SlotFile }) {
  const t = useWords(words);
  const check = useQuery({
    queryKey: ["fashion", "check", of, file.id],
    queryFn: ({ signal }) => checkOf(of, file, signal),
    staleTime: Infinity,
  });
  if (check.isError) return <ProblemNote error={check.error} onRetry={() => void check.refetch()} />;
  return (
    <div role="status" className="flex flex-col gap-1.5 text-sm">
      {check.isPending && <p className="text-muted">{t("checking")}</p>}
      {check.data && (
        <p>
          <Badge tone={check.data.usable ? "good" : "bad"}>
            {t(check.data.usable ? "usable" : "unusable")}
          </Badge>
        </p>
      )}
      <ul className="flex flex-col gap-1.5">
        {check.data?.findings.map((finding) => (
          <li key={finding.code} className="flex items-start gap-2">
            <Icon name={finding.grave === "note" ? "info" : "warning"} className="mt-0.5 size-4 text-warn" />
            <span>
              {finding.message} <span className="text-muted">{finding.fix}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The output that shows where the garment is seen, of an engine that hands it on. */
function garmentMask(result: Job["result"] | undefined): string | null {
  const number = result?.report.garment_mask;
  return typeof number === "number" ? (result?.outputs[number] ?? null) : null;
}

function Worn({ work, person }: { work: Work; person: Person }) {
  const t = useWords(workWords);
  const { job } = work;
  const found = useAssets(job?.result?.outputs ?? []);
  const worn = job?.request.inputs.find(({ role }) => role === "person")?.asset_id ?? "";
  const garment = job?.request.inputs.find(({ role }) => role === "garment")?.asset_id;
  const copy = copyOf(worn);
  const isStored = copy === null && person.stored?.id === worn;
  const source = useAssets(isStored ? [worn] : []).assets[0];
  const before = copy === null ? source : { id: worn, address: copy.url };
  const picture = found.assets.find(
    ({ media }) => media.media_type.startsWith("image/") && media.width !== null,
  );
  return (
    <Card title={t("result")}>
      <div className="flex flex-col gap-4">
        <WorkProgress work={work} />
        {found.error !== null && <ProblemNote error={found.error} />}
        {picture && <CompareViewer key={picture.id} after={picture} before={before ?? null} />}
        {job?.result && <MeasureTable verdict={job.result.verdict} />}
        <Downloads assets={found.assets} />
        {picture && garment !== undefined && (
          <FitCard worn={picture.id} garment={garment} mask={garmentMask(job?.result)} />
        )}
      </div>
    </Card>
  );
}
