import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { makesItsPicture } from "@/lib/plan-steps";
import { useStore } from "@/lib/store";
import { TextArea } from "@/ui/Field";
import { Card } from "@/ui/Surface";
import { Tabs } from "@/ui/Tabs";
import { RunBar } from "@/ui/work/RunBar";
import { SampleButton } from "@/ui/work/SampleButton";
import { StudioHead } from "@/ui/work/StudioHead";
import { Slot } from "@/ui/work/Slot";
import { useBodyPlan, useWork } from "@/ui/work/useWork";
import { usePreview } from "./api";
import { PreviewCard } from "./PreviewCard";
import { LaserResult } from "./LaserResult";
import { Settings } from "./Settings";
import { bodyOf, EMPTY, settingsStore, WAYS, type LaserSettings } from "./settings";
import { words } from "./words";

const TAKES_PICTURE = new Set(["picture", "sentence", "box"]);

/** Engraving and cutting: a picture, a sentence, letters, a box or a test grid; seen before it is burnt. */
export default function LaserPage() {
  const t = useWords(words);
  const c = useWords(common);
  const [settings, setSettings] = useStore(settingsStore);
  const body = bodyOf(settings);
  const plan = useBodyPlan(body);
  const current = body !== null && plan.isCurrent ? plan.plan : undefined;
  const isMadeFirst = current !== undefined && makesItsPicture(current);
  const preview = usePreview(isMadeFirst ? undefined : current);
  const work = useWork("laser");
  const set = (change: Partial<LaserSettings>): void => setSettings((now) => ({ ...now, ...change }));
  return (
    <>
      <StudioHead
        name={c("nav.laser")}
        title={t("heading")}
        clearLabel={t("clear")}
        onClear={() => setSettings(EMPTY)}
      >
        {t("lead")}
      </StudioHead>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
        <Card>
          <Tabs
            label={t("ways")}
            tabs={WAYS.map((value) => ({ value, label: t(`way.${value}`) }))}
            value={settings.way}
            onChange={(way) => set({ way })}
          >
            <div className="flex flex-col gap-4">
              {settings.way === "sentence" && (
                <TextArea
                  label={t("sentence")}
                  help={t("sentence.help")}
                  maxLength={2000}
                  value={settings.sentence}
                  onChange={({ target }) => set({ sentence: target.value })}
                />
              )}
              {TAKES_PICTURE.has(settings.way) && (
                <Slot
                  name={t("picture")}
                  file={settings.file}
                  takesPaste
                  accept="image/*,.svg"
                  onFile={(file) => set({ file })}
                />
              )}
              {settings.way === "picture" && settings.file === null && (
                <SampleButton
                  icon="laser"
                  onFile={(file) =>
                    set({ file, options: { ...settings.options, width_mm: 60, process: "engrave" } })
                  }
                />
              )}
              {settings.way !== "sentence" && <Settings settings={settings} />}
            </div>
          </Tabs>
        </Card>
        <div className="flex min-w-0 flex-col gap-5">
          <PreviewCard preview={preview} file={settings.file} isMadeFirst={isMadeFirst} />
          <Card>
            <RunBar body={body} plan={plan} work={work} />
          </Card>
          <LaserResult work={work} />
        </div>
      </div>
    </>
  );
}
