import { useState } from "react";
import { useNavigate } from "react-router";
import { useWords } from "@/i18n";
import { bodyOf, canPlan, draftStore, EMPTY_DRAFT, rememberPrompt, uploadsStore } from "@/lib/draft";
import { useTitle } from "@/lib/hooks";
import { useHotkey } from "@/lib/hotkeys";
import { useStore } from "@/lib/store";
import { showToast } from "@/lib/toasts";
import { priceOf } from "@/lib/plan-steps";
import { ProblemNote } from "@/ui/ProblemNote";
import { PageHead } from "@/ui/Surface";
import { useSubmit } from "@/ui/work/useSubmit";
import { Composer } from "./Composer";
import { NothingConfigured } from "./NothingConfigured";
import { PlanCard } from "./PlanCard";
import { RecentJobs } from "./RecentJobs";
import { Samples } from "./Samples";
import { usePlan } from "./usePlan";
import { words } from "./words";

/** The home page: write a request, see its plan, run it. */
export default function StudioPage() {
  const t = useWords(words);
  useTitle(t("title"));
  const [draft] = useStore(draftStore);
  const [uploads] = useStore(uploadsStore);
  const [choosing, setChoosing] = useState(false);
  const plan = usePlan(draft, choosing);
  const navigate = useNavigate();
  const submit = useSubmit((job) => {
    rememberPrompt(job.request.prompt);
    void navigate(`/jobs/${job.id}`);
  });
  const ready = plan.isCurrent && uploads === 0 && !submit.isPending;
  const run = (): void => {
    if (ready) submit.mutate(bodyOf(draftStore.get()));
    else if (canPlan(draft) && !plan.query.isError) showToast(t("run.wait"));
  };
  useHotkey("mod+Enter", t("run.key"), run);
  const untouched = draft.prompt === "" && draft.pictures.length === 0 && draft.mode === "ai";
  return (
    <>
      <PageHead title={t("heading")}>{t("lead")}</PageHead>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <Composer
            draft={draft}
            ready={ready}
            sending={submit.isPending}
            price={
              plan.isCurrent && plan.query.data ? (priceOf(plan.query.data.plan) ?? undefined) : undefined
            }
            onChoosing={setChoosing}
            onRun={run}
            onClear={() =>
              draftStore.set((now) => ({
                ...EMPTY_DRAFT,
                preference: now.preference,
                stayLocal: now.stayLocal,
              }))
            }
          />
          {submit.isError && <ProblemNote error={submit.error} onRetry={run} />}
          {untouched && <Samples onRun={(body) => submit.mutate(body)} running={submit.isPending} />}
          {untouched && <NothingConfigured />}
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <PlanCard draft={draft} plan={plan.query} />
          <RecentJobs />
        </div>
      </div>
    </>
  );
}
