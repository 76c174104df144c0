import { useWords } from "@/i18n";
import { Segmented } from "../Field";
import { words } from "./words";

type Way = "slider" | "side" | "flip" | "difference" | "result";

/** How two pictures or clips are put beside each other. */
export function Ways<T extends Way>({
  ways,
  value,
  onChange,
}: {
  ways: readonly T[];
  value: T;
  onChange: (way: T) => void;
}) {
  const t = useWords(words);
  return (
    <Segmented
      label={t("view")}
      hideLabel
      value={value}
      choices={ways.map((way) => ({ value: way, label: t(`view.${way}`) }))}
      onChange={onChange}
    />
  );
}

/** How much of the width is the result's, in percent. */
export function ShareSlider({ share, onShare }: { share: number; onShare: (share: number) => void }) {
  const t = useWords(words);
  return (
    <input
      type="range"
      min={0}
      max={100}
      value={share}
      aria-label={t("view.slide")}
      className="w-full min-w-40 flex-1 accent-accent"
      onChange={({ target }) => onShare(target.valueAsNumber)}
    />
  );
}
