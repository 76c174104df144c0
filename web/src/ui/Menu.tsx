import { useId, useRef, type KeyboardEvent, type ReactNode } from "react";
import { buttonClass, type ButtonLook } from "./Button";

export interface MenuItem {
  label: string;
  act: () => void;
  disabled?: boolean;
}

/** A button with a short list of things to do; a native popover, so it closes on Escape and on a click elsewhere. */
export function Menu({
  label,
  children,
  items,
  look = "plain",
}: {
  label?: string;
  children: ReactNode;
  items: readonly MenuItem[];
  look?: ButtonLook;
}) {
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const entries = (): HTMLElement[] => [
    ...(popover.current?.querySelectorAll<HTMLElement>('[role="menuitem"]:not(:disabled)') ?? []),
  ];
  const move = (event: KeyboardEvent): void => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  };
  // The list hangs below its button, and stays inside the window.
  const place = (): void => {
    const box = trigger.current?.getBoundingClientRect();
    const list = popover.current;
    if (box === undefined || list === null) return;
    const below = box.bottom + 4;
    const fits = below + list.offsetHeight < innerHeight;
    list.style.top = `${fits ? below : Math.max(8, box.top - list.offsetHeight - 4)}px`;
    list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`;
    entries()[0]?.focus();
  };
  return (
    <>
      <button
        ref={trigger}
        type="button"
        popoverTarget={id}
        aria-haspopup="menu"
        aria-label={label}
        className={buttonClass(look)}
      >
        {children}
      </button>
      <div
        ref={popover}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        onToggle={(event) => event.newState === "open" && place()}
        onKeyDown={move}
        className="fixed m-0 min-w-44 rounded-lg border border-line bg-surface p-1 text-ink shadow-card"
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            disabled={item.disabled}
            className="block min-h-10 w-full rounded-md px-3 text-left text-sm hover:bg-sunk disabled:opacity-50"
            onClick={() => {
              popover.current?.hidePopover();
              trigger.current?.focus();
              item.act();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}
