import { useHotkeyMap } from "@/lib/hotkeys";

/** What keys do on this page. */
export function KeyList() {
  const keys = useHotkeyMap();
  return (
    <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-sm">
      {keys.map((hotkey) => (
        <div key={hotkey.keys} className="contents">
          <dt className="flex gap-1">
            {hotkey.keys.split(" ").map((key, at) => (
              <kbd key={at} className="rounded border border-edge bg-paper px-1.5 py-0.5 font-mono text-xs">
                {key.replace("mod+", "Ctrl/⌘ + ")}
              </kbd>
            ))}
          </dt>
          <dd>{hotkey.label}</dd>
        </div>
      ))}
    </dl>
  );
}
