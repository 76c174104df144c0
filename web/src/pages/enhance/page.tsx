import { useQuery } from "@tanstack/react-query";
import type { SubmitBody } from "@/api/types";
import { workflowsQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useStore } from "@/lib/store";
import { Button } from "@/ui/Button";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, EmptyState, Loading } from "@/ui/Surface";
import { SchemaForm } from "@/ui/schema-form/SchemaForm";
import { Tabs } from "@/ui/Tabs";
import { RunBar } from "@/ui/work/RunBar";
import { SampleButton } from "@/ui/work/SampleButton";
import { StudioHead } from "@/ui/work/StudioHead";
import { Slot, type SlotFile } from "@/ui/work/Slot";
import { useBodyPlan, useWork, type Work } from "@/ui/work/useWork";
import { EnhanceResult } from "./EnhanceResult";
import {
  bodyOf,
  EMPTY,
  fileOf,
  KINDS,
  PREVIEW_SECONDS,
  previewOf,
  PURPOSES,
  purposeOf,
  settingsStore,
  takesReference,
  WORKFLOWS,
  type EnhanceSettings,
  type Kind,
  type Options,
  type Purpose,
} from "./settings";
import { words } from "./words";

/** The same picture or clip, better: larger, sharper, cleaner, smoother, or drawn. */
export default function EnhancePage() {
  const t = useWords(words);
  const c = useWords(common);
  const [settings, setSettings] = useStore(settingsStore);
  const body = bodyOf(settings);
  const plan = useBodyPlan(body);
  const works: Record<Kind, Work> = {
    picture: useWork("enhance"),
    style: useWork("style"),
    clip: useWork("clip"),
  };
  const preview = useWork("clip-preview");
  const work = works[settings.kind];
  const file = fileOf(settings);
  return (
    <>
      <StudioHead
        name={c("nav.enhance")}
        title={t("heading")}
        clearLabel={t("clear")}
        onClear={() => setSettings(EMPTY)}
      >
        {t("lead")}
      </StudioHead>
      <Tabs
        label={t("kinds")}
        tabs={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        value={settings.kind}
        onChange={(kind) => setSettings((now) => ({ ...now, kind }))}
      >
        <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
          <Form settings={settings} file={file} />
          <div className="flex min-w-0 flex-col gap-5">
            <Card>
              <RunBar body={body} plan={plan} work={work} />
              {settings.kind === "clip" && <PreviewButton body={body} work={preview} />}
            </Card>
            {settings.kind === "clip" && preview.job !== undefined && (
              <EnhanceResult work={preview} title={t("preview.result", { seconds: PREVIEW_SECONDS })} />
            )}
            {work.job === undefined ? (
              <EmptyState title={t("none")} icon="enhance">
                {t(`none.${settings.kind}`)}
              </EmptyState>
            ) : (
              <EnhanceResult work={work} />
            )}
          </div>
        </div>
      </Tabs>
    </>
  );
}

/** The first seconds alone, where the server's workflow offers it: cheap to look at before the whole is run. */
function PreviewButton({ body, work }: { body: SubmitBody | null; work: Work }) {
  const t = useWords(words);
  const workflows = useQuery(workflowsQuery).data ?? [];
  const schema = workflows.find(({ name }) => name === WORKFLOWS.clip.name)?.options.properties;
  if (typeof schema !== "object" || schema === null || !("preview" in schema)) return null;
  const run = (): void => {
    if (body !== null) work.run(previewOf(body));
  };
  return (
    <div className="mt-3 flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button disabled={body === null || work.sending} onClick={run}>
          {t("preview", { seconds: PREVIEW_SECONDS })}
        </Button>
        <p className="text-sm text-muted">{t("preview.lead")}</p>
      </div>
      {work.error !== null && <ProblemNote error={work.error} onRetry={run} />}
    </div>
  );
}

function setFile(kind: Kind, file: SlotFile | null): void {
  settingsStore.set((now) => (kind === "clip" ? { ...now, clip: file } : { ...now, picture: file }));
}

function setOptions(kind: Kind, options: Options): void {
  settingsStore.set((now) => ({ ...now, options: { ...now.options, [kind]: options } }));
}

function Form({ settings, file }: { settings: EnhanceSettings; file: SlotFile | null }) {
  const t = useWords(words);
  const c = useWords(common);
  const { kind } = settings;
  const workflows = useQuery(workflowsQuery);
  const workflow = workflows.data?.find(({ name }) => name === WORKFLOWS[kind].name);
  return (
    <Card>
      <div className="flex flex-col gap-4">
        <Slot
          key={kind}
          name={t(kind === "clip" ? "clip" : "picture")}
          file={file}
          takesPaste
          accept={kind === "clip" ? "video/*" : "image/*"}
          onFile={(found) => setFile(kind, found)}
        />
        {file === null && kind !== "clip" && (
          <SampleButton icon="enhance" onFile={(found) => setFile(kind, found)} />
        )}
        {takesReference(settings) && (
          <Slot
            name={t("reference")}
            file={settings.reference}
            onFile={(reference) => settingsStore.set((now) => ({ ...now, reference }))}
          />
        )}
        {kind === "picture" && <Purposes options={settings.options.picture} />}
        {workflows.isPending && <Loading label={c("loading")} />}
        {workflows.isError && (
          <ProblemNote error={workflows.error} onRetry={() => void workflows.refetch()} />
        )}
        {workflows.isSuccess && workflow === undefined && <p className="text-sm text-warn">{t("missing")}</p>}
        {workflow && !workflow.available && (
          <p className="text-sm text-warn">
            {workflow.reason} {workflow.hint}
          </p>
        )}
        {workflow && (
          <SchemaForm
            key={workflow.name}
            schema={workflow.options}
            names={WORKFLOWS[kind].shown}
            values={settings.options[kind]}
            onChange={(options) => setOptions(kind, options)}
          />
        )}
      </div>
    </Card>
  );
}

function Purposes({ options }: { options: Options }) {
  const t = useWords(words);
  const chosen = purposeOf(options);
  return (
    <div role="group" aria-label={t("purpose")}>
      <p aria-hidden="true" className="mb-1 text-sm font-medium">
        {t("purpose")}
      </p>
      <div className="flex flex-wrap gap-2">
        {(Object.keys(PURPOSES) as Purpose[]).map((purpose) => (
          <Button
            key={purpose}
            aria-pressed={chosen === purpose}
            look={chosen === purpose ? "primary" : "plain"}
            onClick={() => setOptions("picture", chosen === purpose ? {} : { ...PURPOSES[purpose] })}
          >
            {t(`purpose.${purpose}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
